"""Mappings drawn with their schema, layout and file: none accepts what does not come back through its files.

Files are written by hand here, byte by byte, so that what the layouts say is not said by stdconv itself.
"""

from __future__ import annotations

import itertools
import json
import random
import shutil
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import settings

from stdconv.conversion import convert as converting
from stdconv.conversion.known import Known
from stdconv.conversion.knownback import KnownBack
from stdconv.conversion.relay import Relayed, relay_frame
from stdconv.conversion.valuetables import LEAST, LIMIT
from stdconv.errors import DefinitionError, UnreadableError
from stdconv.mapping.plan import Plan, load_plan
from stdconv.runs import relay as relaying
from stdconv.runs.convert import convert_file
from stdconv.runs.relay import relay_file
from stdconv.runs.restore import restore_file
from stdconv.standard.writers import Format
from support.outcomes import assert_same_relayed

pytestmark = pytest.mark.slow

NIGHTLY, USUAL = 2_000, 40
"""How many mappings are held to their files."""
NAMES = ("番号", "備考", "memo", "方書", "区分", "連絡先")
TEXTS = (
    *("", "", "a", "甲", "行政　花子", '"', '""', 'x"y', ",", "\t", "\r\n", "\n", "\r", " ", "　", " 甲", "乙　", "00"),
    *("\0", "\x1a", "\x1b", "\x7f", "\ufeff", "1,2,3", "1,x", "番号", "備考", "番号,備考,memo", "=1+1", "-"),
    *("\\", '\\"', "表", "ソ"),
    *("ｶﾞ", "ガ", "１２", "12", "0000000012", "男", "女", "個1", "20240301", "99999999", "〜", "～", "髙", "\ue000"),
)
STEPS: tuple[list[dict[str, Any]], ...] = (
    *([], [], []),
    [{"op": "trim"}],
    [{"op": "affix", "text": "個"}],
    [{"op": "affix", "text": '"', "side": "after"}],
    [{"op": "unfill", "width": 10}],
    [{"op": "unfill", "width": 8, "fill": "　", "side": "right"}],
    [{"op": "fill", "width": 6}],
    [{"op": "widen", "of": ["kana", "digits", "letters", "signs"], "equivalent": True}],
    [{"op": "narrow", "of": ["digits", "letters"]}],
    [{"op": "trim"}, {"op": "narrow", "of": ["digits"], "equivalent": True}],
    [{"op": "compact_date", "none": "00000000"}],
    [{"op": "recode", "table": {"男": "1", "女": "2", "\n": "3", "": "9"}}],
    [{"op": "recode", "table": {"a": "甲,", '"': "乙\r\n", "00": "丙"}}],
)


def value(rng: random.Random) -> str:
    if rng.random() < 0.02:
        return "x" * rng.choice([65_000, 65_540, 200_000])
    return "".join(rng.choice(TEXTS) for _ in range(rng.choice([0, 1, 1, 1, 2, 3])))


def layout(rng: random.Random, columns: list[str]) -> dict[str, Any]:
    before = rng.choice([0, 0, 0, 1, 3])
    how: dict[str, Any] = {
        "encoding": rng.choice(["utf-8", "utf-8", "utf-8-sig", "cp932"]),
        "newline": rng.choice(["crlf", "crlf", "lf", "cr"]),
        "quote": rng.choice(["minimal", "minimal", "all", "none"]),
        "header": rng.choice([True, True, False, "by_name"]),
        "delimiter": rng.choice([",", ",", "\t", ";", "|", "\\"]),
        "before": before,
        "write": {"before": [rng.choice(["", "題", "番号,備考", '"', "a\tb"]) for _ in range(before)]},
        "columns": [column(rng, name) for name in columns],
    }
    if how["quote"] != "none" and how["delimiter"] != "\\" and rng.random() < 0.3:
        how["escape"] = "backslash"
    return how


def column(rng: random.Random, name: str) -> str | dict[str, Any]:
    """Give some columns a width, mostly with filling."""
    if rng.random() < 0.85:
        return name
    filling = {"pad": rng.choice([" ", "　"]), "side": rng.choice(["left", "right"])} if rng.random() < 0.8 else {}
    return {"name": name, "length": rng.choice([1, 4, 6, 10]), **filling}


def draw(rng: random.Random, folder: Path, name: str, names: tuple[str, ...]) -> Plan | None:
    """Write a mapping onto the schema beside it and load it; nothing where its parts do not fit together."""
    fields: list[dict[str, Any]] = [{"standard": each, "legacy": f"旧{each}"} for each in names]
    for field in fields:
        if steps := rng.choice(STEPS):
            field["steps"] = steps
    if len(names) > 2 and rng.random() < 0.4:
        way = rng.choice([{"op": "split", "separator": "　", "columns": 2}, {"op": "split", "widths": [2, 3]}])
        fields[1:3] = [{"standard": list(names[1:3]), "legacy": f"旧{names[1]}", "steps": [way]}]
    elif rng.random() < 0.3:
        way = rng.choice([{"op": "coalesce", "columns": 2}, {"op": "join", "separator": "-", "columns": 2}])
        fields[0] = {"standard": names[0], "legacy": [f"旧{names[0]}", "旧予備"], "steps": [way]}
    columns = [
        each
        for field in fields
        for each in ([field["legacy"]] if isinstance(field["legacy"], str) else field["legacy"])
    ]
    unmapped = {"旧未使用": "assumed: of no use"} if rng.random() < 0.4 else {}
    columns = [*columns, *unmapped]
    rng.shuffle(columns)
    mapping = {
        "grammar": 1,
        "id": f"vendor-x/{name}",
        "about": {"vendor": "X社", "title": "メモ", "source": "assumed: any text"},
        "standard": "free.schema.json",
        "legacy": layout(rng, columns),
        "fields": fields,
        "unmapped": {"legacy": unmapped},
        "examples": [{"source": "assumed: any text", "legacy": dict.fromkeys(columns, ""), "standard": {}}],
    }
    path = folder / f"{name}.yaml"
    path.write_text(json.dumps(mapping, ensure_ascii=False), encoding="utf-8")
    try:
        return load_plan(path)
    except DefinitionError:
        return None


def schema(rng: random.Random, folder: Path) -> tuple[str, ...]:
    names = NAMES[: rng.choice([1, 1, 2, 3, 3, 4, 6])]
    kinds: tuple[dict[str, Any], ...] = ({}, {}, {"maxLength": 70_000}, {"minLength": 1}, {"pattern": "^[^0]*$"})
    properties = {name: {"type": "string", **rng.choice(kinds)} for name in names}
    found = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": properties}
    (folder / "free.schema.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return names


def legacy_bytes(rng: random.Random, how: dict[str, Any]) -> bytes:
    """Write records as programs do: quotes where they are needed, everywhere or by chance, sometimes none at all."""
    end = {"crlf": "\r\n", "lf": "\n", "cr": "\r"}[how["newline"]]
    delimiter, columns, is_escaped = how["delimiter"], list(how["columns"]), how["escape"] == "backslash"
    if how["header"] == "by_name":
        rng.shuffle(columns)
    codec = "cp932" if how["encoding"] == "cp932" else "utf-8"
    rooms = {each["name"]: each for each in how["declared"] if each["length"]}
    habit = rng.choice(["needed", "needed", "needed", "chance", "never"])

    def written(text: str) -> str:
        needed = any(c in text for c in ('"', "\r", "\n", delimiter)) or (len(columns) == 1 and not text)
        needed = needed or (is_escaped and "\\" in text)
        quoted = how["quote"] == "all" or (habit != "never" and needed) or (habit == "chance" and rng.random() < 0.3)
        quoted = quoted and how["quote"] != "none"
        inside = text.replace("\\", "\\\\").replace('"', '\\"') if is_escaped else text.replace('"', '""')
        return f'"{inside}"' if quoted else text

    def filled(name: str, text: str) -> str:
        room = rooms.get(name, {})
        while rng.random() < 0.95 and room.get("pad") and len(text.encode(codec, "replace")) < room["length"]:
            text = text + room["pad"] if room["side"] == "right" else room["pad"] + text
        return text

    rows = [[filled(each, value(rng)) for each in columns] for _ in range(rng.choice([1, 2, 4, 8]))]
    lines = [delimiter.join(map(written, row)) for row in rows]
    header = [delimiter.join(f'"{each}"' if how["quote"] == "all" else each for each in columns)] * bool(how["header"])
    mark = b"\xef\xbb\xbf" if how["encoding"] == "utf-8-sig" else b""
    tail = end if rng.random() < 0.9 else ""
    titles = "".join(value(rng).replace("\r", "").replace("\n", "") + end for _ in range(how["before"]))
    return mark + (titles + end.join([*header, *lines]) + tail).encode(codec, "replace")


class Drawn:
    """A mapping, another one onto the same schema, and a file of the first."""

    def __init__(self, seed: int, folder: Path, counts: Counter[str]) -> None:
        rng = random.Random(seed)
        folder.mkdir()
        names = schema(rng, folder)
        self.plan, self.other = draw(rng, folder, "one", names), draw(rng, folder, "other", names)
        self.folder, self.counts, self.size = folder, counts, rng.choice([64, 1 << 22])
        self.file = folder / "in.csv"
        if self.plan is not None:
            self.file.write_bytes(
                legacy_bytes(rng, self.plan.mapping.legacy.model_dump() | {"columns": self.plan.mapping.legacy.columns})
            )

    def hold(self, plan: Plan) -> None:
        """Convert the file into each format, and back; then what was accepted into the other layout, and back."""
        kinds: tuple[Format, ...] = ("ndjson", "csv", "parquet")
        for kind in kinds:
            run, again = self.folder / kind, self.folder / f"{kind}.csv"
            report = convert_file(plan, self.file, run, format=kind, batch_size=self.size)
            restore_file(run, again)
            assert again.read_bytes() == self.file.read_bytes()
            if self.other is not None and report.counts.accepted:
                self.relay(self.other, run / f"standard.{kind}")
        self.counts.update(records=report.counts.read, accepted=report.counts.accepted)

    def relay(self, other: Plan, standard: Path) -> None:
        file, again = (self.folder / f"{standard.suffix[1:]}{end}" for end in (".other", ".run"))
        accepted = relay_file(other, standard, file).counts.accepted
        if not accepted:
            return
        converted = convert_file(other, file, again, format="ndjson")
        assert (converted.counts.read, converted.counts.refused) == (accepted, 0)
        given = iter(records_of(self.folder / "ndjson" / "standard.ndjson"))
        assert all(any(record == each for each in given) for record in records_of(again / "standard.ndjson"))
        self.counts.update(relayed=accepted)


def records_of(standard: Path) -> list[dict[str, str]]:
    read = [json.loads(line) for line in standard.read_bytes().split(b"\n") if line]
    return [{name: value for name, value in record.items() if name != "_row"} for record in read]


def held(seed: int, folder: Path, counts: Counter[str]) -> str:
    """Draw a mapping with all that belongs to it, hold it to its files, and say what became of it."""
    drawn = Drawn(seed, folder, counts)
    if drawn.plan is None:
        return "whose parts do not fit"
    try:
        drawn.hold(drawn.plan)
    except UnreadableError:
        return "whose file has no such header"
    return "held"


def relayed_alike(
    plan: Plan, standard: pl.DataFrame, remains: pl.DataFrame | None = None, *, known: KnownBack | None = None
) -> Relayed:
    """Restore records with what is known and without, and hold the two against each other."""
    relayed = relay_frame(plan, standard, remains, known=known)
    assert_same_relayed(relayed, relay_frame(plan, standard, remains))
    return relayed


def test_no_mapping_accepts_what_does_not_come_back(
    tmp_path: Path, record_property: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values are looked up in tables, which files as small as these are usually not worth, for every second mapping."""
    is_nightly = settings.default is not None and settings.default.max_examples >= 1_000
    wanted = NIGHTLY if is_nightly else USUAL
    counts: Counter[str] = Counter()
    broken: list[int] = []
    for seed in itertools.count():
        if counts["held"] + len(broken) == wanted:
            break
        folder = tmp_path / str(seed)
        least, limit = 1 if seed % 2 else LEAST, (1, 7, LIMIT)[seed % 3]
        monkeypatch.setattr(converting, "Known", partial(Known, least=least, limit=limit))
        monkeypatch.setattr(relaying, "KnownBack", partial(KnownBack, least=least, limit=limit))
        monkeypatch.setattr(relaying, "relay_frame", relayed_alike)
        try:
            counts[held(seed, folder, counts)] += 1
        except AssertionError:
            broken.append(seed)
        shutil.rmtree(folder)
    assert broken == []
    assert counts["accepted"] > wanted, "what accepts nothing proves nothing"
    assert counts["relayed"] > wanted
    said = ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items()))
    record_property("summary", f"Generated mappings, of which none accepts what does not come back: {said}")
