"""Text that comes from outside, shown so that nothing in it is invisible or taken for something else.

Names of files, columns and lookups, what definitions and manifests say, and what was typed on the command line may
hold anything. Whatever shows text to people passes it through ``visible``, line by line, in one place; documents for
programs keep the true text, which JSON escapes.
"""

from __future__ import annotations

import json
import re

BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\uffa0"
"""Characters that Python calls printable and nobody sees, as part of a class; what chooses a letter's form is none."""

_BLANK = re.compile(f"[{BLANKS}]")

_IDEOGRAPH = re.compile("[\U00020000-\U0002fffd\U00030000-\U0003fffd]")
"""The planes of Chinese characters, which this Python may know in part only."""

USUAL = " -~\u3001-\u3003\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fa5\uff01-\uff5e"
"""Characters of which each is seen, as part of a class: nearly all of most texts are passed over at once."""

_OTHER = re.compile(f"[^{USUAL}]")

_OTHER_IN_JSON = re.compile(f"[^\n{USUAL}]")

_SURROGATE = re.compile("[\ud800-\udfff]")


def visible(text: str, *, blanks: bool = True) -> str:
    r"""Return ``text`` on one line, with the code point of each character that is no printable text in its place.

    Full-width blanks are left as they are, unless ``blanks`` are to be seen too.

    >>> print(visible("a\nb\x1b[1m"), visible("行政\u3000花子", blanks=False), visible("葛\U000e0100城\u202e"))
    aU+000AbU+001B[1m 行政U+3000花子 葛󠄀城U+202E
    """

    def shown(found: re.Match[str]) -> str:
        c = found[0]
        return c if _is_seen(c) or (blanks and c == "\u3000") else code_point(c)

    return _OTHER.sub(shown, text)


def _is_seen(character: str) -> bool:
    if character.isprintable():
        return not _BLANK.match(character)
    return _IDEOGRAPH.match(character) is not None


def code_point(character: str) -> str:
    """Return a character by its code point.

    >>> code_point("髙")
    'U+9AD9'
    """
    return f"U+{ord(character):04X}"


def readable(text: str) -> str:
    r"""Return ``text`` as UTF-8 can hold it: names of files may have bytes that are no characters.

    >>> readable("\udcff.csv")
    'U+DCFF.csv'
    """
    return _SURROGATE.sub(lambda found: code_point(found[0]), text)


def escaped(document: str) -> str:
    r"""Return a JSON document that says the same, with what is no printable text in its texts escaped.

    >>> print(escaped(json.dumps({"a": "\u202e\u3000"}, ensure_ascii=False, indent=1)))
    {
     "a": "\u202e　"
    }
    """

    def shown(found: re.Match[str]) -> str:
        c = found[0]
        return c if c == "\u3000" or _is_seen(c) else json.dumps(c)[1:-1]

    return _OTHER_IN_JSON.sub(shown, document)
