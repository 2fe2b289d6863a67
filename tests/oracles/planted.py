"""Faults of registers planted into a town of resident-basic/0.2: what is wrong, where, and the codes that must say so.

A fault is planted into the records of one household by plain Python, which knows the schema's columns and nothing of
the checks. A household has one fault at most, and two of three have none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import polars as pl

AT, GROUP = "_at", "_household"
FURTHER = ("除票の修正メモ", "指定都市_行政区等コード")
APART = 3
"""Of so many households one has a fault."""

Row: TypeAlias = dict[str, str | None]
Change: TypeAlias = Callable[[list[Row], list[Row]], list[Row] | None]
"""Takes the records of a household, and those of another one; gives the household's anew, or ``None``: not here."""


class Fault(NamedTuple):
    """A fault: the ``code`` that must say it, what it is, how it is planted, and which codes it may cause besides.

    The finding may be at the ``other`` household that the fault is made of.
    """

    code: str
    what: str
    plant: Change
    also: tuple[str, ...] = ()
    other: bool = False


def is_current(row: Row) -> bool:
    return row["最新フラグ"] == "1" and row["住民状態"] == "1"


def is_japanese(row: Row) -> bool:
    return row["住民種別"] == "1"


def is_foreign(row: Row) -> bool:
    return row["住民種別"] == "2"


def always(_row: Row) -> bool:
    return True


def having(*columns: str, where: Callable[[Row], bool] = always) -> Callable[[Row], bool]:
    """Return whether a record has values in all of ``columns``."""
    return lambda row: all(row[column] for column in columns) and where(row)


def one(where: Callable[[Row], bool], change: Callable[[Row], Row]) -> Change:
    """Change the last record of a household that is like that."""

    def plant(rows: list[Row], _other: list[Row]) -> list[Row] | None:
        found = [at for at, row in enumerate(rows) if where(row)]
        if not found:
            return None
        at = found[-1]
        return [*rows[:at], rows[at] | change(rows[at]), *rows[at + 1 :]]

    return plant


def put(where: Callable[[Row], bool] = always, **values: str | None) -> Change:
    """Put values into one record that is like that."""
    return one(where, lambda _row: dict(values))


def edited(column: str, edit: Callable[[str], str | None], where: Callable[[Row], bool] = always) -> Change:
    """Change the value of ``column`` in one record that has one."""
    return one(having(column, where=where), lambda row: {column: edit(row[column] or "")})


def other_digit(text: str) -> str:
    """Return a number with another last digit."""
    return text[:-1] + str((int(text[-1]) + 1) % 10)


def next_to_last(text: str) -> str:
    """Return a code of a municipality that no prefecture has, with its check digit: 48001 and on."""
    digits = "48" + text[2:5]
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, (6, 5, 4, 3, 2), strict=True))
    return digits + str((11 - weighted % 11) % 10)


def dropped(rows: list[Row], _other: list[Row]) -> list[Row] | None:
    """Leave out the first of a person's several records."""
    people = Counter(row["宛名番号"] for row in rows)
    found = [at for at, row in enumerate(rows) if people[row["宛名番号"]] > 2 and row["個人履歴番号"] == "1"]
    return [row for at, row in enumerate(rows) if at != found[0]] if found else None


def again(rows: list[Row], _other: list[Row]) -> list[Row] | None:
    """Give the key of a person's first record to the second one too, as two exports put together do."""
    people = Counter(row["宛名番号"] for row in rows)
    found = [at for at, row in enumerate(rows) if people[row["宛名番号"]] > 2 and row["個人履歴番号"] == "1"]
    return [*rows[: found[0] + 1], dict(rows[found[0]]), *rows[found[0] + 1 :]] if found else None


def unflagged(rows: list[Row], _other: list[Row]) -> list[Row] | None:
    """Take the flag from a person who has left, so that nothing else depends on it."""
    return put(lambda row: row["最新フラグ"] == "1" and row["住民状態"] != "1", 最新フラグ="0")(rows, [])


def twice_flagged(rows: list[Row], _other: list[Row]) -> list[Row] | None:
    """Flag an earlier record of a person too."""
    return put(lambda row: row["最新フラグ"] == "0" and row["住民状態"] != "1", 最新フラグ="1")(rows, [])


def flag_moved(rows: list[Row], _other: list[Row]) -> list[Row] | None:
    """Flag the record before the latest one instead of it, where neither is a member's."""
    for at in range(1, len(rows)):
        before, row = rows[at - 1], rows[at]
        is_one = before["宛名番号"] == row["宛名番号"] and row["最新フラグ"] == "1"
        if is_one and row["住民状態"] != "1" and before["住民状態"] != "1":
            return [*rows[: at - 1], before | {"最新フラグ": "1"}, row | {"最新フラグ": "0"}, *rows[at + 1 :]]
    return None


def heads(rows: list[Row]) -> dict[str | None, int]:
    """Return where the head of each household of several members is."""
    members = Counter(row["世帯番号"] for row in rows if is_current(row))
    return {
        row["世帯番号"]: at
        for at, row in enumerate(rows)
        if is_current(row) and row["続柄コード1"] == "02" and members[row["世帯番号"]] > 1
    }


def second_head(rows: list[Row], _other: list[Row]) -> list[Row] | None:
    """Make a member who is no head one."""
    there = heads(rows)
    head = {"続柄コード1": "02", "続柄コード2": None, "続柄表記": "世帯主"}
    return one(lambda row: is_current(row) and row["続柄コード1"] != "02" and row["世帯番号"] in there, lambda _: head)(
        rows, []
    )


def again_otherwise(rows: list[Row], other: list[Row]) -> list[Row] | None:
    """Give the key of a person's first record to a second one that says something else."""
    twice = again(rows, other)
    return twice and edited("届出番号", other_digit, lambda row: row["個人履歴番号"] == "1" and twice.count(row) > 1)(
        twice, []
    )


def member(change: Callable[[Row], Row], *same: str) -> Change:
    """Change one of several members of a household, not its head, who has these values in common with another one."""

    def plant(rows: list[Row], _other: list[Row]) -> list[Row] | None:
        keys = [tuple(row[name] for name in ("世帯番号", *same)) for row in rows if is_current(row)]

        def is_one(row: Row) -> bool:
            key = tuple(row[name] for name in ("世帯番号", *same))
            return is_current(row) and row["続柄コード1"] != "02" and None not in key and keys.count(key) > 1

        return one(is_one, change)(rows, [])

    return plant


def taken(*columns: str, where: Callable[[Row], bool] = always) -> Change:
    """Give a record what a record of another household has in these columns."""

    def plant(rows: list[Row], other: list[Row]) -> list[Row] | None:
        given = next((row for row in other if where(row) and all(row[name] for name in columns)), None)
        return one(where, lambda _: {name: given[name] for name in columns})(rows, []) if given else None

    return plant


def no_head(rows: list[Row], _other: list[Row]) -> list[Row] | None:
    """Make the head of a household of several members one of those who live with him."""
    there = heads(rows)
    if not there:
        return None
    at = next(iter(there.values()))
    return [*rows[:at], rows[at] | {"続柄コード1": "99", "続柄表記": "同居人"}, *rows[at + 1 :]]


CANCELLED = ("09", "28", "59")
"""異動の取消し: what was may still stand."""


def is_wife(row: Row) -> bool:
    return is_current(row) and row["続柄コード1"] == "12" and not row["続柄コード2"] and row["性別"] == "2"


def is_head(row: Row) -> bool:
    return is_current(row) and row["続柄コード1"] == "02"


def is_child(row: Row) -> bool:
    return is_current(row) and row["続柄コード1"] == "20" and not row["続柄コード2"]


def is_older(row: Row) -> bool:
    return "1900" < (row["生年月日"] or "9") < "1990" and (row["異動年月日"] or "") > "2000"


def is_newcomer(row: Row) -> bool:
    return (
        is_older(row)
        and row["記載の事由"] == "01"
        and (row["生年月日"] or "") < years_on(row["住民となった年月日"], -2)
    )


def is_dead(row: Row) -> bool:
    return row["消除の事由"] == "23" and (row["消除の異動年月日"] or "9") < "2023"


def is_staying(row: Row) -> bool:
    return is_current(row) and row["異動事由"] not in CANCELLED


def years_on(date: str | None, years: int) -> str:
    """Return the first of the same month some years later, or before; of no date that of the year 1."""
    text = date or "0001-01"
    return f"{int(text[:4]) + years:04}-{text[5:7]}-01"


def told_before(row: Row) -> Row:
    return {"異動届出年月日": years_on(row["異動年月日"], -1)}


def set_before(row: Row) -> Row:
    return {"住所を定めた年月日": years_on(row["住民となった年月日"], -1)}


def set_after(row: Row) -> Row:
    return {"住所を定めた年月日": years_on(row["消除の異動年月日"], 1)}


NAMED = ("氏名", "氏_日本人", "名_日本人", "氏名_振り仮名（フリガナ）", "氏_日本人_振り仮名", "名_日本人_振り仮名", "生年月日", "生年月日_元号")  # fmt: skip


def is_woman_before(row: Row) -> bool:
    """Return whether a record is an earlier one of a Japanese woman with a day of birth.

    Of the members of today nothing changes, and no day of birth comes to one that is unknown.
    """
    return is_japanese(row) and row["性別"] == "2" and row["最新フラグ"] == "0" and bool(row["生年月日"])


OF_HISTORY = ("D0014", "D0015", "D0006", "D0007", "D0008", "D0009")

SAGAMIHARA_UNTIL_2010 = {
    "転入前住所_市区町村コード": "142093",
    "転入前住所_都道府県": "神奈川県",
    "転入前住所_市区郡町村名": "相模原市",
}


def came_after_2010(row: Row) -> bool:
    return bool(row["転入前住所_市区町村コード"]) and (row["住民となった年月日"] or "") > "2010-04-01"


def from_here(row: Row) -> Row:
    """The municipality of the address is also the one before."""
    return row | {f"転入前住所_{part}": row[f"住所_{part}"] for part in ("市区町村コード", "都道府県", "市区郡町村名")}


FAULTS: tuple[Fault, ...] = (
    Fault("E0003", "a character of the site's own", edited("世帯主氏名", lambda text: text[:-1] + "\ue000"), ("D0018",)),
    Fault("E0004", "a character that was lost before", edited("本籍_町字", lambda text: text[:-1] + "\ufffd"), ("S0048",)),
    Fault("S0001", "a record without a number of its history", put(個人履歴番号=None), OF_HISTORY),
    Fault("S0002", "a postal code with a hyphen", edited("住所_郵便番号", lambda text: f"{text[:3]}-{text[3:]}"), ("S0003",)),
    Fault("S0003", "a number of seven digits in a history", edited("届出番号", lambda text: text * 9)),
    Fault("S0004", "a code of the vendor's own", put(住民種別="9"), ("S0014",)),
    Fault("S0005", "the 31st of April", edited("操作年月日", lambda text: text[:5] + "04-31")),
    Fault("S0006", "the era of another date", edited("生年月日_元号", lambda text: "5" if text != "5" else "4", is_japanese)),
    Fault("S0012", "a member without 住民票コード", put(is_current, 住民票コード=None)),
    Fault("S0013", "no wording of the sex", put(性別表記=None)),
    Fault("S0014", "a nationality of a Japanese", put(is_japanese, 国籍名等="中国")),
    Fault("S0015", "a Japanese who came for a reason of foreigners", put(is_japanese, 記載の事由="05")),
    Fault("S0016", "moved out, and erased by a death", put(lambda row: row["住民状態"] == "2", 消除の事由="23")),
    Fault("S0017", "a date that is there and not known", edited("記載の異動年月日_不詳フラグ", lambda _: "1", having("記載の異動年月日"))),
    Fault("S0018", "29 February of a common year", put(lambda row: row["異動事由"] == "01" and (row["生年月日"] or "9") < "2023", 異動年月日="2023-02-29")),
    Fault("S0019", "a 続柄 with a gap", one(having("続柄コード2"), lambda row: {"続柄コード2": None, "続柄コード3": row["続柄コード2"]}), ("S0022", "S0036")),
    Fault("S0020", "an address without its prefecture", edited("転入前住所_都道府県", lambda _: None)),
    Fault("S0021", "a name that its parts do not give", edited("名_日本人", lambda text: text + "子")),
    Fault("S0022", "妻 for a head", edited("続柄表記", lambda text: "妻" if text != "妻" else "夫")),
    Fault("S0023", "erased before the entry", put(having("消除の異動年月日", "記載の異動年月日"), 消除の異動年月日="1930-01-01"), ("S0041",)),
    Fault("S0024", "a wrong digit in the code of a municipality", edited("本籍_市区町村コード", other_digit), ("S0026",)),
    Fault("S0025", "a wrong digit in 住民票コード", edited("住民票コード", other_digit)),
    Fault("S0026", "a municipality that there is not", edited("本籍_市区町村コード", next_to_last)),
    Fault("S0030", "an error of a spreadsheet", edited("届出番号", lambda _: "#N/A")),
    Fault("S0031", "the era of a foreigner's birth", put(lambda row: is_foreign(row) and "1990" < (row["生年月日"] or "") < "2019", 生年月日_元号="4")),
    Fault("S0035", "work past midnight", put(操作時刻="25:10:00")),
    Fault("S0036", "a wife who is a man", put(is_wife, 性別="1", 性別表記="男")),
    Fault("S0037", "a head, and what follows", put(is_head, 続柄コード2="20", 続柄表記="世帯主の子")),
    Fault("S0038", "the head behind a child", put(is_child, 続柄コード2="02", 続柄表記="子の世帯主")),
    Fault("S0039", "told a year before it happened", one(having("異動年月日", "異動届出年月日", where=is_older), told_before)),
    Fault("S0040", "lived there before coming", one(having("住民となった年月日", "住所を定めた年月日", where=is_newcomer), set_before)),
    Fault("S0041", "moved after death", one(having("消除の異動年月日", "住所を定めた年月日", where=is_dead), set_after)),
    Fault("S0042", "平成31年 after a replacement", put(除票の修正メモ="平成３元年４月１日修正")),
    Fault("S0043", "a member with a day of leaving", one(having("異動年月日", where=is_staying), lambda row: {"消除の異動年月日": row["異動年月日"]})),
    Fault("S0044", "gone on no day", put(having("消除の異動年月日"), 消除の異動年月日=None)),
    Fault("S0045", "a member whose sheet is closed", put(is_current, 除票フラグ="1")),
    Fault("S0046", "arrived elsewhere on no day", put(having("転出先住所（確定）_市区町村コード"), **{"転出年月日（確定）": None, "転入通知年月日": None})),
    Fault("S0047", "男 for a woman", put(lambda row: row["性別"] == "2", 性別表記="男")),
    Fault("S0048", "another 筆頭者 in the parts", edited("戸籍_筆頭者_名", lambda text: text + "子")),
    Fault("S0049", "平成40年", put(always, 住所を定めた年月日=None, 住所を定めた年月日_不詳フラグ="1", 住所を定めた年月日_不詳表記="平成４０年頃")),
    Fault("S0050", "moved in from a municipality that was no more", put(came_after_2010, **SAGAMIHARA_UNTIL_2010), ("D0017",)),
    Fault("S0051", "a ward as the municipality", put(市区町村コード="141518")),
    Fault("S0052", "a city as the ward", put(指定都市_行政区等コード="141500")),
    Fault("S0053", "the name of another municipality", put(having("転入前住所_市区町村コード"), 転入前住所_市区郡町村名="無名市"), ("D0017",)),
    Fault("S0054", "an address in another municipality as the number", put(住所_番地号表記="京都府京都市上京区１番"), ("D0016",)),
    Fault("S0055", "moved in from here", one(having("転入前住所_市区町村コード"), from_here), ("D0017",)),
    Fault("D0014", "a record twice", again, ("D0008", "D0010")),
    Fault("D0015", "a record twice, with another number of its notification", again_otherwise, ("D0008", "D0010")),
    Fault("D0016", "a member who lives at another number", member(lambda _: {"住所_番地号表記": "９９９９番地"})),
    Fault("D0017", "one who came from elsewhere on the same day", member(lambda _: {"転入前住所_番地号表記": "９９９９番地"}, "住所を定めた年月日", "住民となった届出年月日", "転入前住所_番地号表記")),
    Fault("D0018", "a member of somebody else's household", member(lambda _: {"世帯主氏名": "行政　太郎"})),
    Fault("D0019", "住民票コード of somebody else", taken("住民票コード"), other=True),
    Fault("D0020", "name, birth and sex of somebody else", taken(*NAMED, where=is_woman_before), ("S0023",), other=True),
    Fault("D0006", "a record left out of a history", dropped),
    Fault("D0007", "nobody's latest record", unflagged),
    Fault("D0008", "two latest records", twice_flagged),
    Fault("D0009", "the latest record is not the last", flag_moved),
    Fault("D0010", "two heads", second_head),
    Fault("D0011", "no head", no_head),
    Fault("D0013", "told of in a year to come", edited("住民となった届出年月日", lambda _: "2090-01-01", is_current)),
)  # fmt: skip


@dataclass
class Planted:
    """A town with faults: its ``records``, in which households' rows (from 1) each fault is, and what is found."""

    records: pl.DataFrame
    groups: list[int]
    """The household of each row."""
    where: dict[int, Fault]
    """By household what is wrong there."""
    others: dict[int, int] = field(default_factory=dict)
    """By household the other one that its fault is made of."""

    def table(self, findings: pl.DataFrame) -> list[tuple[str, int, int, int]]:
        """Return, by code of a fault or finding, how many were planted and found, and how many findings are false."""
        told: dict[str, Counter[int]] = {}
        for code, row in findings.select("code", "_row").iter_rows():
            told.setdefault(code, Counter())[self.groups[row - 1] if row else 0] += 1
        listed = sorted({fault.code for fault in self.where.values()} | told.keys())
        return [(code, *self._of(code, told.get(code, Counter()))) for code in listed]

    def _of(self, code: str, told: Counter[int]) -> tuple[int, int, int]:
        planted = [group for group, fault in self.where.items() if fault.code == code]
        found = [group for group in planted if {group, self.others.get(group, group)} & told.keys()]
        right = {group for group, fault in self.where.items() if code in (fault.code, *fault.also)}
        right |= {self.others[group] for group in right if group in self.others}
        return len(planted), len(found), sum(count for group, count in told.items() if group not in right)


def households(town: pl.DataFrame) -> Iterable[tuple[int, int, int]]:
    """Yield households: number, and from which row up to which; their rows are together."""
    runs = town.with_row_index(AT).group_by(GROUP, maintain_order=True).agg(pl.col(AT).first(), pl.len().alias("n"))
    return ((group, at, at + count) for group, at, count in runs.iter_rows())


def plant(town: pl.DataFrame, faults: Sequence[Fault] = FAULTS) -> Planted:
    """Plant each of ``faults`` as often as the others, as far as there are households that it fits.

    The records have the columns of ``FURTHER`` too, which the town leaves out.
    """
    town = town.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in FURTHER if name not in town.columns)
    columns = [name for name in town.columns if name != GROUP]
    counts = Counter({fault.what: 0 for fault in faults})
    where, others, anew, gone = dict[int, Fault](), dict[int, int](), list[Row](), set[int]()
    listed = list(households(town))
    for before, (group, start, stop) in zip(listed[APART - 2 :: APART], listed[APART - 1 :: APART], strict=False):
        rows = town[start:stop, columns].to_dicts()
        other = town[before[1] : before[2], columns].to_dicts()
        for fault in sorted(faults, key=lambda each: counts[each.what]):
            if (changed := fault.plant(rows, other)) is not None and changed != rows:
                counts[fault.what] += 1
                where[group] = fault
                if fault.other:
                    others[group] = before[0]
                gone.update(range(start, stop))
                anew += [row | {GROUP: str(group), AT: str(start)} for row in changed]
                break
    schema = dict.fromkeys([*columns, GROUP, AT], pl.String)
    made = pl.DataFrame(anew, schema=schema, orient="row").with_columns(pl.col(GROUP, AT).cast(pl.Int64))
    kept = town.with_row_index(AT).with_columns(pl.col(AT).cast(pl.Int64)).filter(~pl.col(AT).is_in(list(gone)))
    whole = pl.concat([kept.select(made.columns), made]).sort(AT, maintain_order=True)
    return Planted(whole.select(columns), whole[GROUP].to_list(), where, others)
