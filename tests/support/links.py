"""Records of ``resident-link/1.0`` and of both vendors' exports of it: the columns, some lines, and files made of lines.

The columns are those of the worked example's files, said again.
"""

from __future__ import annotations

STANDARD_COLUMNS = (
    *("宛名番号", "履歴番号", "世帯番号", "住民種別", "住民状態", "異動年月日", "氏名", "性別"),
    *("生年月日_元号", "生年月日"),
)
A_COLUMNS = ("住民番号", "履歴番号", "氏名", "生年月日", "性別", "住民区分", "異動日", "住民種別")
B_COLUMNS = (*("宛名番号", "履歴番号", "氏名", "異動日", "性別", "生年月日", "生年月日元号", "世帯番号", "住民種別"),)

STANDARD_HEADER, A_HEADER, B_HEADER = (",".join(columns) for columns in (STANDARD_COLUMNS, A_COLUMNS, B_COLUMNS))

RIGHT = "1000000001,1,,1,1,2024-03-01,行政　花子,2,3,1985-07-07"
WRONG = "1000000002,1,,1,1,2024-03-01,行政　花子,7,3,1985-07-07"
"""Standard records; the second has a 性別 that is in no list."""

RIGHT_IN_A = "1000000001,1,行政　花子,3600707,女,住登者,20240301,日本人"
WRONG_IN_A = "1000000002,1,行政　花子,3600707,女性,住登者,20240301,日本人"
"""Records of A社; the second has a 性別 that no table has."""


def standard_file(*lines: str, header: str = STANDARD_HEADER) -> bytes:
    """Return a standard file of ``lines``."""
    return "".join(f"{line}\r\n" for line in (header, *lines)).encode()


def a_file(*lines: str) -> bytes:
    """Return a file of A社 of ``lines``."""
    return "".join(f"{line}\r\n" for line in (A_HEADER, *lines)).encode("cp932")
