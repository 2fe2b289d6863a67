"""Measures what the dataset rules take for many synthetic standard records: time and peak memory of whole processes.

    python bench/dataset.py [--rows N] [--publish]

Prints a table; nothing passes or fails by a time or a size. What the rules find is compared with what was made wrong,
and a difference ends the bench. The records are made batch by batch and never held, as a run holds none; ``making
records`` is what that takes alone, twice where the rules read them again. Ten million records take some minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cases import Case
from facts import about, installed, load
from figures import Document, document
from measure import Measured, measure
from publish import publish

if TYPE_CHECKING:
    import polars as pl

ROWS, BATCH, CYCLE = 10_000_000, 50_000, 15
"""Fifteen records are the histories of five persons, of one to five records."""
RARE = 9_999
"""One person, or household, in so many is wrong in each way; whole households, so that no head loses the flag."""
PERSON, NUMBER, LATEST, HOUSEHOLD, KIND, STATE, KINSHIP = (
    "宛名番号",
    "個人履歴番号",
    "最新フラグ",
    "世帯番号",
    "住民種別",
    "住民状態",
    "続柄コード1",
)
TOWN, LOT, NAME, HEAD, BIRTH, SEX, MY_NUMBER, CODE, MOVED, NOTIFIED, BEFORE = (
    "住所_町字",
    "住所_番地号表記",
    "氏名",
    "世帯主氏名",
    "生年月日",
    "性別",
    "個人番号",
    "住民票コード",
    "住所を定めた年月日",
    "住民となった届出年月日",
    "転入前住所_町字",
)
COLUMNS = (
    *(PERSON, NUMBER, LATEST, HOUSEHOLD, KIND, STATE, KINSHIP, TOWN, LOT, NAME, HEAD, BIRTH, SEX, MY_NUMBER, CODE),
    *(MOVED, NOTIFIED, BEFORE),
)
CURRENT = {LATEST: "1", STATE: "1"}
LISTS = {LATEST: ["0", "1"], KIND: ["1", "2"], STATE: ["1", "2", "3", "9"]}
RULES: dict[str, dict[str, object]] = {
    "unique": {"columns": [PERSON, NUMBER]},
    "once": {"columns": [PERSON, NUMBER]},
    "counted": {"by": [PERSON], "number": NUMBER},
    "latest": {"by": [PERSON], "number": NUMBER, "flag": LATEST, "value": "1"},
    "at_most_one": {"by": [HOUSEHOLD], "among": CURRENT, "which": {KINSHIP: "02"}},
    "same, addresses": {"by": [HOUSEHOLD], "among": CURRENT, "columns": [TOWN, LOT]},
    "same, moves": {
        "by": [HOUSEHOLD, MOVED, NOTIFIED],
        "among": CURRENT,
        "columns": [BEFORE],
        "finding": "D0017",
    },
    "as_one": {"by": [HOUSEHOLD], "among": CURRENT, "which": {KINSHIP: "02"}, "says": HEAD, "of": [NAME]},
    "one_owner, 個人番号": {"columns": [MY_NUMBER], "owner": [PERSON]},
    "one_owner, 住民票コード": {"columns": [CODE], "owner": [PERSON]},
    "one_owner, names": {"columns": [NAME, BIRTH, SEX], "owner": [PERSON], "finding": "D0020"},
    "tally": {"columns": [KIND, STATE]},
}
"""By what they are called here: the rule, and for some what it is about."""
FULL_RECORD = tuple(name for name in RULES if name != "unique")
"""Those of the full record, in which ``once`` takes the place of ``unique``."""
WRONG = ("nothing", "few", "all")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the dataset rules.")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"records, a multiple of {CYCLE} is used")
    parser.add_argument("--work", nargs=2, metavar=("RULES", "WRONG"), help="be the process that is measured")
    parser.add_argument("--publish", action="store_true", help="write the figures to docs/benchmarks.md")
    options = parser.parse_args()
    rows = max(1, options.rows // CYCLE) * CYCLE
    if options.work:
        work([name for name in options.work[0].split("+") if name], options.work[1], rows)
    else:
        found = compare(rows)
        if options.publish:
            publish("dataset", found)


def compare(rows: int) -> Document:
    """Print what each case takes, and return it."""
    began, before, all_measured = time.perf_counter(), load(), {}
    print(f"| rules | wrong | {rows:,} records: seconds | processor s | MiB |\n| --- | --- | ---: | ---: | ---: |")
    for title, names, wrong in cases():
        command = (sys.executable, __file__, "--rows", str(rows), "--work", "+".join(names), wrong)
        case, measured = Case(title, wrong, command, count=rows), Measured()
        measure(case, measured)
        all_measured[case] = measured
        figures = f"{measured.median:.1f} | {measured.processor[0]:.1f} | {measured.memory[0]:.0f}"
        print(f"| {title} | {wrong} | {figures} |", flush=True)
    facts = about(rows, 1, time.perf_counter() - began, before) | installed(("polars",))
    return document(all_measured, facts, {})


def cases() -> Iterator[tuple[str, list[str], str]]:
    """Yield what is measured: a name, rules, and how much is wrong."""
    yield "making records", [], "nothing"
    yield from ((name, [name], "few") for name in RULES)
    yield from (("all rules", list(FULL_RECORD), wrong) for wrong in WRONG)


def work(names: list[str], wrong: str, rows: int) -> None:
    """Check ``rows`` records by the rules, and end with 1 where these find something else than was made wrong."""
    from stdconv.standard.dataset import Dataset
    from stdconv.standard.schema import load_schema

    with tempfile.TemporaryDirectory() as folder:
        schema = load_schema(written(Path(folder), names))
    dataset = Dataset(schema, schema.names)
    for batch in batches(rows, wrong):
        dataset.add(batch)
    found: Counter[str] = Counter()
    for told in dataset.findings(lambda: batches(rows, wrong)):
        found.update(told["code"])
    if found != (wanted := expected(names, wrong, rows)):
        sys.exit(f"bench: found {dict(found)}, but {dict(wanted)} is wrong")
    if any(sum(counts.values()) != rows for counts in dataset.tallies.values()):
        sys.exit("bench: a tally does not count every record")


def written(folder: Path, names: list[str]) -> Path:
    """Write a schema with some of the rules, and return it."""
    columns: dict[str, dict[str, object]] = {
        name: {"type": "string"} | ({"enum": LISTS[name]} if name in LISTS else {}) for name in COLUMNS
    }
    said = {"source": "assumed: a bench"}
    rules = [{"rule": name.partition(",")[0], "title": name} | said | RULES[name] for name in names]
    document = {"type": "object", "x-key": [PERSON, NUMBER], "properties": columns}
    (folder / "bench.schema.json").write_text(json.dumps(document), encoding="utf-8")
    (folder / "bench.rules.yaml").write_text(json.dumps({"dataset": rules}), encoding="utf-8")
    return folder / "bench.schema.json"


def batches(rows: int, wrong: str) -> Iterator[pl.DataFrame]:
    """Yield synthetic standard records, the same each time: histories in order, three persons to a household."""
    import polars as pl

    def text(number: pl.Expr, offset: int) -> pl.Expr:
        return (number + offset).cast(pl.String)

    def odd(usual: pl.Expr, other: pl.Expr, at: int) -> pl.Expr:
        return pl.when(person % RARE == at).then(other).otherwise(usual)

    histories = [(person, number, number == person + 1) for person in range(5) for number in range(1, person + 2)]
    persons, numbers, lasts = (pl.lit(pl.Series(part)) for part in zip(*histories, strict=True))
    place = pl.col("_row") - 1
    person, number = place // CYCLE * 5 + persons.gather(place % CYCLE), numbers.gather(place % CYCLE)
    is_last = lasts.gather(place % CYCLE)
    household, is_head = person // 3, person % 3 == 0
    lot, head, before, mine, code, born = household, household * 3, household, person, person, person
    if wrong == "few":
        number = pl.when((person % RARE == 1) & is_last).then(number + 1).otherwise(number)
        is_last &= person % RARE != 4
        is_head &= household % RARE != 5
        lot, head, before = (odd(each, 9_000_000 + each, at) for each, at in ((lot, 8), (head, 11), (before, 14)))
        mine, code, born = (odd(person, person - 3, at) for at in (17, 20, 23))
    if wrong == "all":
        number, is_last, is_head = pl.lit(2), pl.lit(True), pl.lit(True)
        lot, head, before, mine, code, born = place, place + 1, place, person // 2, person // 2, person // 2
    columns = {
        PERSON: text(person, 1_000_000_000),
        NUMBER: text(number, 0),
        LATEST: pl.when(is_last).then(pl.lit("1")).otherwise(pl.lit("0")),
        HOUSEHOLD: text(household, 9_000_000_000),
        KIND: pl.when(person % 50 == 0).then(pl.lit("2")).otherwise(pl.lit("1")),
        STATE: pl.lit("1"),
        KINSHIP: pl.when(is_head).then(pl.lit("02")).otherwise(pl.lit("20")),
        TOWN: pl.lit("紀尾井町"),
        LOT: text(lot, 0) + "番地",
        NAME: text(born, 0) + "　行政",
        HEAD: text(head, 0) + "　行政",
        BIRTH: text(born % 36_525, 1_900_000),
        SEX: text(born % 2, 1),
        MY_NUMBER: text(mine, 100_000_000_000),
        CODE: text(code, 10_000_000_000),
        MOVED: pl.lit("2024-04-01"),
        NOTIFIED: pl.lit("2024-04-05"),
        BEFORE: text(before, 0) + "番町",
    }
    for first in range(1, rows + 1, BATCH):
        frame = pl.select(_row=pl.int_range(first, min(first + BATCH, rows + 1), dtype=pl.Int64))
        yield frame.select("_row", **columns)


def expected(names: list[str], wrong: str, rows: int) -> Counter[str]:
    """Return how many findings of each code there must be."""
    people = rows // CYCLE * 5
    owned = sum(name in names for name in ("one_owner, 個人番号", "one_owner, 住民票コード"))
    found: Counter[str] = Counter()
    if wrong == "few":
        gaps, flagless = (len(range(first, people, RARE)) for first in (1, 4))
        headless = len(range(5, -(-people // 3), RARE))
        found = Counter(D0006=gaps, D0007=flagless, D0011=headless)
        odd = {at: len(range(at, people, RARE)) for at in (8, 11, 14, 17, 20, 23)}
        owners = odd[17] * ("one_owner, 個人番号" in names) + odd[20] * ("one_owner, 住民票コード" in names)
        found |= Counter(D0016=odd[8], D0017=odd[14], D0018=odd[11], D0019=2 * owners, D0020=2 * odd[23])
    if wrong == "all":
        alone = people // 5
        found = Counter(D0001=rows - alone, D0006=people, D0008=rows - alone, D0010=rows)
        found |= Counter(
            D0015=rows - alone, D0016=rows, D0017=rows, D0019=people // 2 * 2 * owned, D0020=people // 2 * 2
        )
    of_rules = {
        "unique": ("D0001",),
        "once": ("D0014", "D0015"),
        "counted": ("D0006",),
        "latest": ("D0007", "D0008"),
        "at_most_one": ("D0010", "D0011"),
        "same, addresses": ("D0016",),
        "same, moves": ("D0017",),
        "as_one": ("D0018",),
        "one_owner, 個人番号": ("D0019",),
        "one_owner, 住民票コード": ("D0019",),
        "one_owner, names": ("D0020",),
    }
    told = {code for name in names for code in of_rules.get(name, ())}
    return Counter({code: count for code, count in found.items() if code in told and count})


if __name__ == "__main__":
    main()
