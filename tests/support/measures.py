"""Records of support-measures/0.1 written by hand: nobody's, but such as there are."""

from __future__ import annotations

from support.residents import NOTHING, Edited

PROTECTED: dict[str, str] = {
    "市区町村コード": "131016",
    "宛名番号": "1234567890",
    "履歴番号": "2",
    "開始日": "2023-04-01",
    "措置区分": "1",
    "終了日": "2024-03-31",
    "操作者ID": "user01",
    "操作年月日": "2024-04-01",
    "操作時刻": "10:15:30",
    "最新フラグ": "1",
}
"""A measure that has ended."""

BARE: dict[str, str] = {"宛名番号": "1234567890", "履歴番号": "1", "開始日": "2023-04-01"}
"""What every record has."""

EDITED = {
    "a measure": [
        Edited(PROTECTED, {}, NOTHING),
        Edited(BARE, {}, NOTHING),
        Edited(PROTECTED, {"終了日": None}, NOTHING),
        Edited(PROTECTED, {"終了日": "9999-12-31"}, NOTHING),
        *(Edited(PROTECTED, {column: None}, {("S0001", column)}) for column in BARE),
    ],
    "dates in order": [
        Edited(PROTECTED, {"終了日": "2023-04-01"}, NOTHING),
        Edited(PROTECTED, {"終了日": "2023-03-31"}, {("S0023", "開始日+終了日")}),
    ],
    "codes": [
        *(Edited(PROTECTED, {"措置区分": code}, NOTHING) for code in ("1", "2", "3", None)),
        *(Edited(PROTECTED, {"措置区分": code}, {("S0004", "措置区分")}) for code in ("0", "4", "01")),
        Edited(PROTECTED, {"市区町村コード": "131017"}, {("S0024", "市区町村コード"), ("S0026", "市区町村コード")}),
        Edited(PROTECTED, {"市区町村コード": "132161"}, {("S0026", "市区町村コード")}),  # 保谷市, until 2001
    ],
    "forms": [
        Edited(PROTECTED, {"終了日": "99999999"}, {("S0005", "終了日")}),
        Edited(PROTECTED, {"履歴番号": "0"}, {("S0002", "履歴番号")}),
        Edited(PROTECTED, {"操作時刻": "1:00:00"}, {("S0002", "操作時刻")}),
    ],
}
"""By what they are about. What must hold, docs/domain.md says (Protected persons)."""
