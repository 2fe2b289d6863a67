"""Text that comes from outside, shown so that nothing in it is invisible or taken for something else."""

from __future__ import annotations


def visible(text: str, *, blanks: bool = True) -> str:
    r"""Return ``text`` on one line, without anything that a terminal or a parser could take for something else.

    Full-width blanks are left as they are, unless ``blanks`` are to be seen too.

    >>> print(visible("a\nb\x1b[1m"), visible("行政\u3000花子", blanks=False))
    a\nb\x1b[1m 行政\u3000花子
    """
    return "".join(
        c if c.isprintable() or (blanks and c == "\u3000") else c.encode("unicode_escape").decode() for c in text
    )
