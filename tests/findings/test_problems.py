"""What the system and libraries say in English has its Japanese, all of it that can be raised, and nothing else has."""

from __future__ import annotations

import ast
import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from stdconv.definitions import yaml
from stdconv.domains.patterns import PatternError, parse
from stdconv.findings.problems import problem, problems
from support.paths import TOP

SRC = TOP / "src" / "stdconv"
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")


def literals(path: Path, *functions: str, keyword: str = "") -> Iterator[str]:
    """Return the texts that a module gives to ``functions`` first, or as ``keyword``; what varies in them is ``{}``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        given = [each.value for each in node.keywords if each.arg == keyword]
        for value in [*(node.args[:1] if name in functions else ()), *given]:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value
            elif isinstance(value, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in value.values)


# Patterns of schemas

PATTERNS = {
    "a": "a pattern is written ^…$",
    "^a|b$": "'|' outside a group, where '^' and '$' would belong to one side each",
    "^a)$": "')' without '('",
    "^(a$": "'(' without ')'",
    "^[a$": "the pattern ends too early",
    "^a{2}{3}$": "a repeat of a repeat",
    "^a{x}$": "a repeat is written {m}, {m,} or {m,n}",
    "^a{2,1}$": "a repeat whose end is before its beginning",
    "^[^a]$": "a negated class",
    "^[b-a]$": "a range whose end is before its beginning",
    "^[]$": "an empty class",
    "^.$": "'{sign}' is outside the grammar",
    "^\\d$": "'{sign}' is outside the grammar",
}
"""A pattern for every sentence that is said of one."""


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_is_said_of_a_pattern_is_said_in_japanese(pattern: str) -> None:
    with pytest.raises(PatternError) as raised:
        parse(pattern)
    sentence = PATTERNS[pattern]
    english, at, number = str(raised.value).partition(" at character ")
    assert re.fullmatch(re.escape(sentence).replace(r"\{sign\}", ".+"), english, re.DOTALL)
    japanese = problem(str(raised.value))["ja"]
    sign = english.split("'")[1] if "{sign}" in sentence else ""
    assert japanese == problems()["patterns"][sentence].replace("{sign}", sign) + (f"（{number} 文字目）" if at else "")
    assert JAPANESE.search(japanese)


def test_every_sentence_about_patterns_is_provoked_and_no_other_has_an_entry() -> None:
    raised = set(literals(SRC / "domains" / "patterns.py", "PatternError", "fail"))
    said = {text.partition(" at character ")[0] for text in raised} - {"{}"}
    assert {re.sub(r"'(\\?\{\})'(?= is )", "'{sign}'", text) for text in said} == set(PATTERNS.values())
    assert set(PATTERNS.values()) == problems()["patterns"].keys()


# YAML

DOCUMENTS = {
    "the document is empty": "",
    "a second document": "a: 1\n---\nb: 2\n",
    "mapping values are not allowed in this context": "a: b: c\n",
    "did not find expected key": "a: 'b'c\n",
    "did not find expected node content": "a: ]\n",
    "did not find expected '-' indicator": "- 1\na: 2\n",
    "did not find expected ',' or ']'": "a: [1\nb: c",
    "did not find expected ',' or '}'": "a: {b: 1\nc",
    "could not find expected ':'": "a:\n- 1\n2\n",
    "did not find expected <document start>": "a: 1\n... b\n",
    "did not find expected comment or line break": "a: | x\n",
    "did not find expected whitespace or line break": 'a: !"\n',
    "did not find expected alphabetic or numeric character": "a: *\n",
    "did not find expected hexdecimal number": 'a: "\\uzz"',
    "found character that cannot start any token": "a: @x",
    "found a tab character where an indentation space is expected": "a: |\n\tx\n  y",
    "found a tab character that violates indentation": "a:\n  b: c\n\td\n",
    "found unexpected end of stream": 'a: "x',
    "found unexpected document indicator": "a: 'x\n---\n",
    "found unknown escape character": 'a: "\\q"',
    "found unexpected ':'": "{a: b:c ::}",
    "found undefined tag handle": "a: !e!x y\n",
    "block sequence entries are not allowed in this context": "a: - 1\n",
    "mapping keys are not allowed in this context": "a: ? b\n",
    "did not find expected whitespace": "%TAG !\n---\na",
    "found an indentation indicator equal to 0": "a: |0\n x",
    "found invalid Unicode character escape code": 'a: "\\uD800"',
    "could not find expected directive name": "%\n---\n",
    "found unknown directive name": "%FOO bar\n---\na: 1\n",
    "found unexpected non-alphabetical character": "%FOO! bar\n---\na: 1\n",
    "found duplicate %YAML directive": "%YAML 1.1\n%YAML 1.1\n---\na",
    "found duplicate %TAG directive": "%TAG ! a\n%TAG ! b\n---\na",
    "found incompatible YAML document": "%YAML 2.0\n---\na",
    "found extremely long version number": "%YAML 1111111111.1\n---\na",
    "did not find expected version number": "%YAML x\n---\na",
    "did not find expected digit or '.' character": "%YAML 1x\n---\na",
    "did not find expected '!'": "%TAG x y\n---\na",
    "did not find expected tag URI": "a: !<>\n",
    "did not find the expected '>'": "a: !<x\n",
    "did not find URI escaped octet": "a: !x%zz y\n",
    "found an incorrect leading UTF-8 octet": "a: !x%ff y\n",
    "found an incorrect trailing UTF-8 octet": "a: !x%e3%41 y",
}
"""A document for every sentence that is said of one."""

NEVER = {
    "did not find expected <stream-start>",  # there is always one
    "exceeded maximum nesting depth",  # a definition is refused long before that (M0003)
}
"""What the parser could say and no document brings about."""


@pytest.mark.parametrize("sentence", DOCUMENTS)
def test_what_is_said_of_a_document_is_said_in_japanese(sentence: str) -> None:
    _, faults = yaml.read(DOCUMENTS[sentence], "x.yaml")
    found = [fault for fault in faults if fault.code == "M0001"]
    assert any(sentence in fault.text("en") and problems()["yaml"][sentence] in fault.text("ja") for fault in found)
    assert JAPANESE.search(problems()["yaml"][sentence])


def test_every_sentence_of_the_parser_is_provoked_and_no_other_has_an_entry() -> None:
    assert DOCUMENTS.keys() == problems()["yaml"].keys()
    library = pytest.importorskip("yaml._yaml").__file__
    written = {text.decode() for text in re.findall(rb"[\x20-\x7e]{8,}", Path(library).read_bytes())}
    start = re.compile("(did not|could not) find |found (?!in )|mapping (keys|values) |block sequence |exceeded ")
    said = {text for text in written if start.match(text)}
    assert len(said) > 30, "the library is searched where it says something"
    ours = set(literals(SRC / "definitions" / "yaml.py", keyword="problem"))
    assert DOCUMENTS.keys() == (said - NEVER) | ours


# The system

ERRORS = """
    EACCES EAGAIN EBUSY EDQUOT EEXIST EFBIG EHOSTDOWN EHOSTUNREACH EINVAL EIO EISDIR ELOOP EMFILE EMLINK ENAMETOOLONG
    ENFILE ENODEV ENOENT ENOLCK ENOMEM ENOSPC ENOSYS ENOTCONN ENOTDIR ENOTEMPTY ENOTSUP ENXIO EOVERFLOW EPERM EPIPE
    EREMOTEIO EROFS ESPIPE ESTALE ETIMEDOUT ETXTBSY EXDEV
""".split()
"""What the manual pages of open, read, write, fsync, stat, link, rename, mkdir, rmdir and unlink name, with what
network file systems add; not what only a bug brings about (EBADF, EFAULT), nor EINTR, which Python tries again."""


def test_what_the_system_says_of_files_is_said_in_japanese_and_no_other_has_an_entry() -> None:
    said = {os.strerror(getattr(errno, name)) for name in ERRORS}
    ours = {text for path in sorted(SRC.rglob("*.py")) for text in literals(path, keyword="problem")}
    ours -= problems()["yaml"].keys()
    assert said | ours == problems()["system"].keys()
    assert all(JAPANESE.search(problem(text)["ja"]) for text in said | ours)


def test_no_sentence_stands_in_two_groups() -> None:
    groups = problems().values()
    assert sum(map(len, groups)) == len({sentence for group in groups for sentence in group})
