"""Definition files: the text of one, or which file it is and what is wrong with it."""

from __future__ import annotations

import stat
from pathlib import Path

from stdconv.definitions.regular import read_bytes
from stdconv.errors import DefinitionError, Place, UnreadableError
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault


def read_text(path: Path, *, not_utf8: str = "M0001", place: Place | None = None, **words: object) -> str:
    """Return the text of a definition file, without a mark.

    Raises ``DefinitionError`` for what is no file, and for what is not UTF-8: that under the code ``not_utf8`` with
    ``words``, at the file's own line where no ``place`` is given. Raises ``UnreadableError`` for what cannot be opened.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise DefinitionError([fault("C0004", file=path)])
        data = read_bytes(path)
    except OSError as error:
        raise UnreadableError([fault("C0003", file=path, problem=error.strerror)]) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = phrase("definition-file", "not-utf-8", byte=error.start + 1, line=line)
        raise DefinitionError([fault(not_utf8, place or Place(str(path), line), problem=problem, **words)]) from None
