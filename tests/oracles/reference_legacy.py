"""Legacy bytes for the differential test: valid records, values one edit away, junk, and lookups in several states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

KEYS = ["1000000001", "1000000002", "1000000003", "1000000004", "1000000005", "A-1 b", "1" * 15]
NAMES = [
    "行政　花子",
    "行政　花子",
    "行政 花子",
    "行政花子",
    "ＡＢ　ＣＤ　ＥＦ",
    "ＡＢ ＣＤ　ＥＦ",
    "髙﨑　濵",
    "あ" * 100,
]
ODD_NAMES = [
    "",
    " ",
    "　",
    "行政　　花子",
    " 行政花子",
    "行政花子　",
    "行政 　花子",
    "行　政花子",
    "Ann Lee",
    "ｶﾅ　ｶﾅ",
    "行政・花子",
]
ODD_NAMES += ["−－ー‐〜～", "－ー～", "あ" * 101, "葛󠄀" * 50, "葛󠄀" * 51, "葛󠄀" * 100, "行政\xa0花子", "行政花子\n"]
DAYS = ["", *"00000000 20240301 20000229 20240229 19120730 99991231 00000101 00000229".split()]
ODD_DAYS = [
    "",
    *"19000229 20230229 99999999 20241301 2024031 2024-3-1 ２０２４０３０１ 20240３01 昭和60年 +2024030 ²0240301".split(),
]
ODD_DAYS += "00010000 00000000 18721231 18730101 19890107 19890108 19120729 19261224".split()
JAPANESE = [
    "",
    *"3600707 1450730 2010730 2151225 3011225 1060101 3640107 4010108 4310430 5010501 5991231 3600229".split(),
]
FOREIGN = ["", *"9850707 0000229 8720101 8991231 0241231".split()]
ODD_BIRTHS = [
    "",
    *"3640108 4310501 3650101 2010729 1051231 1050101 1060100 3600230 3000101 7600707 360707 +360707".split(),
]
ODD_BIRTHS += (
    "３６００７０７ 0000000 9999999 3600000 3011224 4010107 5010430 1450731 2151226 3650230 S600707 1010229".split()
)
ODD_BIRTHS += "9000229 8000229 3610229 3600707 9850707".split()
ERA_DAYS = [
    ("昭和", "19850707"),
    ("明治", "18730101"),
    ("明治", "19120730"),
    ("大正", "19120730"),
    ("大正", "19261225"),
]
ERA_DAYS += [
    ("昭和", "19261225"),
    ("昭和", "19890107"),
    ("平成", "19890108"),
    ("平成", "20190430"),
    ("令和", "20190501"),
]
AWKWARD = [
    *list('09a \u3000０−－ー‐〜～",\n\r\t\x7f\x1a\xa0\x85ｶﾞ髙㈱①∵¬'),
    *("\r\n", '""', '","', "\ue000", "\ue757", "𠮷", "\U000e0100", "\ufe00", "\ufeff", "\ufffd", "\u3099", "\u2028"),
    *("\uffff", "\ufdd0", "\U0010ffff", "\U00100000", "\U000f0000", "\U0001fffe", "e\u0301", "é", "\xa1"),
]
BYTES = {
    "cp932": "ED40 EEE0 FA40 FBFC F040 F9FC 8790 81E6 815C EF40 81 80 A0 FD FE FF 00 22".split(),
    "utf-8": "80 FF C080 EDA080 F4908080 E88A EFBBBF 00 22".split(),
}
LINES = [b"", b"\r", b" ", b"\xef\xbb\xbf", b"\x1a", b",", b'"', b'""', b"," * 7, b"," * 8, b'"' + b"," * 7]
ENDS = [*[b"\r\n"] * 8, b"\n", b"\n", b"\r\r\n", b"\r\n\r\n", b"\n\n", b"\r\n \r\n"]


@dataclass(frozen=True)
class Layout:
    """A legacy layout as the tests write it: its columns with good values (some tied together) and odd ones."""

    encoding: str
    lookup: str
    examples: tuple[str, str]
    parts: list[str]
    good: Mapping[tuple[str, ...], Sequence[tuple[str, ...]]]
    odd: dict[str, list[str]]

    @property
    def columns(self) -> list[str]:
        """The columns in order."""
        return list(self.odd)

    @property
    def header(self) -> bytes:
        """The header line."""
        return self.encode(",".join(self.columns)) + b"\r\n"

    def encode(self, text: str) -> bytes:
        """Encode what the encoding has, and leave out the rest."""
        return text.encode(self.encoding, errors="ignore")


def each(*values: str) -> list[tuple[str, ...]]:
    """Return values of one column."""
    return [(value,) for value in values]


ODD_KEYS = ["", " 1", "1 ", "1" * 16, "１", "1\r\n2", *KEYS]
ODD_NUMBERS = ["0", "01", "100000", "１", "", "-1", "1.0", "1 "]
STATES = ["住登者", "転出者", "死亡者", "消除者"]
ODD_STATES = ["", "住登", "1", "日本人", "住登者　", "住登者\t"]
LAYOUTS = {
    "vendor-a/resident-link": Layout(
        "cp932",
        "households",
        ("vendor_a.csv", "vendor_a_households.csv"),
        ["9876543", "", "１", "世帯", " 1", "1" * 15, "1" * 16],
        {
            ("住民番号",): each(*KEYS),
            ("履歴番号",): each("1", "2", "99999"),
            ("氏名",): each(*NAMES),
            ("生年月日", "住民種別"): [(day, "日本人") for day in JAPANESE] + [(day, "外国人") for day in FOREIGN],
            ("性別",): each("男", "女", "不明"),
            ("住民区分",): each(*STATES),
            ("異動日",): each(*DAYS),
        },
        {
            "住民番号": ODD_KEYS,
            "履歴番号": ODD_NUMBERS,
            "氏名": ODD_NAMES,
            "生年月日": ODD_BIRTHS,
            "性別": ["", "1", "男性", "女 ", "女　"],
            "住民区分": ODD_STATES,
            "異動日": ODD_DAYS,
            "住民種別": ["", "1", "住登者", "日本", "外国人", "日本人"],
        },
    ),
    "vendor-b/resident-link": Layout(
        "utf-8",
        "names",
        ("vendor_b.csv", "vendor_b_names.csv"),
        [
            "行政,花子",
            "行政,花子",
            ",",
            "行政,",
            ",花子",
            "行政　,花子",
            "山田,花子",
            "行,政花子",
            "髙﨑,濵",
            "ＡＢ,ＣＤ",
            "葛󠄀城,花",
        ],
        {
            ("宛名番号",): each(*KEYS),
            ("履歴番号",): each("1", "2", "99999"),
            ("氏名",): each(
                "行政花子",
                "行政花子",
                "行政花子",
                "髙﨑濵",
                "ＡＢＣＤ",
                "葛󠄀城花",
                "𠮷野",
                "行政　花子",
                "行政 花子",
                "あ" * 100,
            ),
            ("生年月日元号", "生年月日"): ERA_DAYS,
            ("異動日",): each(*DAYS),
            ("性別",): each("1", "2", "0"),
            ("世帯番号",): each("9876543", "1", "", "1" * 15),
            ("住民種別",): each(*STATES),
        },
        {
            "宛名番号": ODD_KEYS,
            "履歴番号": ODD_NUMBERS,
            "氏名": [*ODD_NAMES, *NAMES, "行政", "花子"],
            "異動日": ODD_DAYS,
            "性別": ["", "3", "１", "男"],
            "生年月日": [*DAYS, *ODD_DAYS],
            "生年月日元号": ["", "", "明治", "大正", "昭和", "平成", "令和", "慶応", "昭", "3", "㍼"],
            "世帯番号": ["1" * 16, "世帯", "１", " ", "1 2", "~"],
            "住民種別": ODD_STATES,
        },
    ),
}


def lookup_header(layout: Layout) -> str:
    """Return the names of a lookup's columns."""
    return {"households": "住民番号,世帯番号", "names": "宛名番号,氏,名"}[layout.lookup]


def lookup_files(layout: Layout) -> list[bytes]:
    """Return lookups: one that has most keys, and some in which rows differ, repeat, lack or cannot be read."""
    wanted = lookup_header(layout)
    good, parts = layout.parts[0], layout.parts
    whole = [f"{key},{good}" for key in KEYS]
    odd = [
        f"{KEYS[0]},{good}",
        f'"{KEYS[0]}",{good}',
        f"{KEYS[1]},{good}",
        f"{KEYS[1]},{parts[-1]}",
        f"{KEYS[2]},{good},x",
    ]
    odd += ["", f'{KEYS[3]},{good}"', wanted, f"{KEYS[4]},{parts[2]}", "", f",{good}", f"１,{good}"]
    shifted = [f"{key},{parts[(at + 3) % len(parts)]}" for at, key in enumerate(KEYS)]
    texts = ["\r\n".join([wanted, *rows]) for rows in (whole, odd, shifted, [])]
    return [layout.encode(text) for text in texts]


def quoted(value: bytes) -> bytes:
    """Write a value in quotes."""
    return b'"' + value.replace(b'"', b'""') + b'"'


def written(value: bytes) -> bytes:
    """Write a value, in quotes where it needs them."""
    return quoted(value) if any(byte in value for byte in b'",\n\r') else value


@st.composite
def values(draw: st.DrawFn, layout: Layout) -> list[bytes]:
    """Draw a record's values as they are written: up to two of them odd, edited, damaged or quoted."""
    texts: dict[str, bytes] = {}
    for names, pool in layout.good.items():
        texts |= zip(names, map(layout.encode, draw(st.sampled_from(pool))), strict=True)
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 1, 2]))):
        name = draw(st.sampled_from(layout.columns))
        texts[name] = draw(damaged(layout, name, texts[name]))
    return [texts[name] for name in layout.columns]


@st.composite
def damaged(draw: st.DrawFn, layout: Layout, name: str, value: bytes) -> bytes:
    """Draw what becomes of a value."""
    kind = draw(
        st.sampled_from(["odd", "odd", "odd", "insert", "replace", "delete", "plain", "bytes", "quote", "quote"])
    )
    if kind == "quote":
        return quoted(value)
    if kind == "odd":
        return written(layout.encode(draw(st.sampled_from(layout.odd[name]))))
    text = value.decode(layout.encoding, errors="ignore")
    at = draw(st.integers(0, max(0, len(text) - 1)))
    if kind == "delete":
        return written(layout.encode(text[:at] + text[at + 1 :]))
    if kind == "bytes":
        return value[:at] + bytes.fromhex(draw(st.sampled_from(BYTES[layout.encoding]))) + value[at:]
    awkward = draw(st.sampled_from(AWKWARD))
    edited = layout.encode(text[:at] + awkward + text[at + (kind == "replace") :])
    return edited if kind == "plain" else written(edited)


@st.composite
def legacy_line(draw: st.DrawFn, layout: Layout) -> bytes:
    """Draw a record, seldom with a column too many or too few, more seldom a line that is none."""
    kind = draw(st.integers(0, 24))
    end = draw(st.sampled_from(ENDS))
    if kind == 24:
        return draw(st.sampled_from([*LINES, layout.header])) + end
    texts = draw(values(layout))
    if kind == 23:
        texts.insert(draw(st.integers(0, len(texts))), b"")
    elif kind == 22:
        texts.pop(draw(st.integers(0, len(texts) - 1)))
    return b",".join(texts) + end


@st.composite
def legacy_lines(draw: st.DrawFn, layout: Layout) -> bytes:
    """Draw a batch, which may end without a line end or with 0x1A."""
    batch = b"".join(draw(legacy_line(layout)) for _ in range(draw(st.integers(1, 20))))
    return draw(ended(batch))


PIECES = [
    b'"a"',
    b'""',
    b'"a',
    b'"a',
    b'a"',
    b'a"',
    b'"',
    b'a"b',
    b'"a""b"',
    b'"a\r\nb"',
    b'"\n\n,"',
    b'"a"b"',
    b"\r",
    b"",
]
BREAKS = [b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r\r\n"]


@st.composite
def odd_line(draw: st.DrawFn, columns: int) -> bytes:
    """Draw a line of about the declared width, with quotes and line ends in a few places."""
    fields = [b"a"] * draw(st.sampled_from([columns, columns, columns, columns - 1, 2, 3, columns - 3, columns + 1]))
    for _ in range(draw(st.integers(0, 3))):
        fields[draw(st.integers(0, len(fields) - 1))] = draw(st.sampled_from(PIECES))
    return b",".join(fields) + draw(st.sampled_from(BREAKS))


@st.composite
def spread_record(draw: st.DrawFn, columns: int) -> bytes:
    """Draw a record with a quoted value over several lines: delimiters in its first one, or a whole record within."""
    at = draw(st.integers(0, columns - 1))
    opening = b'"a' + b"," * draw(st.sampled_from([0, 0, 0, 1, columns - at - 2, columns - at - 1]))
    between = draw(st.lists(st.sampled_from([b"", b"b", b"b,b", b",".join([b"b"] * columns), b'""', b'"']), max_size=2))
    closing = b'c"' + b",a" * max(0, columns - at - 1 + draw(st.sampled_from([0, 0, 0, 0, 1, -1])))
    lines = [b"a," * at + opening, *between, closing]
    return b"".join(line + draw(st.sampled_from(BREAKS)) for line in lines)


@st.composite
def fragments(draw: st.DrawFn, columns: int) -> bytes:
    """Draw lines and records over several lines, in any order."""
    count = draw(st.integers(1, 8))
    return draw(ended(b"".join(draw(odd_line(columns) | spread_record(columns)) for _ in range(count))))


def ended(batch: bytes) -> st.SearchStrategy[bytes]:
    """Draw how a batch ends: as it is, without a line end or half of it, or with 0x1A."""
    return st.sampled_from([batch, batch, batch.rstrip(b"\r\n"), batch.removesuffix(b"\n"), batch + b"\x1a"])
