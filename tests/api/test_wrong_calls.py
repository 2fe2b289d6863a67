"""Wrong calls of public functions: each is refused at entry, with codes, and nothing that was given is shown.

The values and headings of all frames that are given are planted ones, and so is whatever else is not an option's word.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from functools import partial
from io import BufferedReader, BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import stdconv
from stdconv.findings.registry import fault
from support.paths import CASES, EXAMPLES

pytestmark = pytest.mark.slow

A, SCHEMA = "vendor-a/resident-link", "resident-link/1.0"
NAME, NUMBER, HEADING = "龍崎　鱗太", 7070707071, "鼈甲齋賀"
PLANTED = re.compile("龍|鱗|鼈|齋|7070707071|RYUZAKI")


def texts(columns: list[str]) -> pl.DataFrame:
    """Return one record that is planted in every column."""
    return pl.DataFrame({name: [NAME] for name in columns})


LEGACY = texts(["住民番号", "履歴番号", "氏名", "生年月日", "性別", "住民区分", "異動日", "住民種別"])
STANDARD = texts(list(stdconv.load_schema(SCHEMA).names))
HOUSEHOLDS = texts(["住民番号", "世帯番号"])
HEADLESS = pl.DataFrame({NAME: [NAME], HEADING: [NAME]})
CONVERTED = stdconv.convert(LEGACY, A)
OTHERS: Any = (NAME, NUMBER, [NAME], {HEADING: NAME}, NAME.encode(), None)

NEEDING = CASES / "lookup-needed" / "mapping.yaml"

Call = Callable[[Path], Any]
CALLS: dict[str, tuple[Call, set[str]]] = {}


def wrong(name: str, function: Call, *codes: str) -> None:
    """Register a wrong call and the codes that it is refused with."""
    CALLS[name] = (function, set(codes or ("C0060",)))


any_: Any = stdconv
"""The library for calls that no type checker would let pass."""

# What is no frame
for number in range(len(OTHERS)):
    wrong(f"convert what is no frame {number}", lambda _, number=number: any_.convert(OTHERS[number], A))  # type: ignore[misc]
wrong("restore what is no frame", lambda _: any_.restore([NAME], A))
wrong("validate what is no frame", lambda _: any_.validate({HEADING: [NAME]}, SCHEMA))
wrong("convert a series", lambda _: any_.convert(pl.Series(HEADING, [NAME]), A))
wrong(
    "convert a lazy frame that fails",
    lambda _: any_.convert(LEGACY.lazy().select(pl.col("氏名").cast(pl.Int64)), A),
    "C0061",
)
wrong("convert a lazy frame without a column", lambda _: any_.convert(LEGACY.lazy().select(HEADING), A), "C0061")

# Frames with wrong columns
wrong("convert an empty frame", lambda _: stdconv.convert(pl.DataFrame(), A), "C0091")
wrong("convert a frame without header", lambda _: stdconv.convert(HEADLESS, A), "C0091")
wrong("convert a standard frame", lambda _: stdconv.convert(STANDARD, A), "C0091")
wrong(
    "convert fractions that are to be cast",
    lambda _: stdconv.convert(LEGACY.with_columns(氏名=float(NUMBER)), A, cast=True),
    "C0013",
)
wrong("a schema for another database", lambda _: any_.load_schema(SCHEMA).ddl(HEADING, table=NAME))
wrong("a table without a name", lambda _: any_.load_schema(SCHEMA).ddl("sqlite", table=NUMBER))
wrong("cancelled by no function", lambda p: any_.convert_file(p / "i.csv", A, p / "o", cancel=NAME))
wrong("a folder to sweep that is a record", lambda _: any_.sweep({HEADING: NAME}))
wrong("convert numbers", lambda _: stdconv.convert(LEGACY.with_columns(pl.lit(NUMBER).alias("住民番号")), A), "C0013")
wrong("convert dates", lambda _: stdconv.convert(LEGACY.with_columns(生年月日=datetime.date(1962, 4, 12)), A), "C0013")
wrong("convert lists", lambda _: stdconv.convert(LEGACY.with_columns(氏名=pl.Series([[NAME]])), A), "C0013")
wrong("convert structs", lambda _: stdconv.convert(LEGACY.with_columns(氏名=pl.Series([{HEADING: NAME}])), A), "C0013")
wrong("convert bytes", lambda _: stdconv.convert(LEGACY.with_columns(氏名=pl.lit(NAME.encode())), A), "C0013")
wrong("restore a frame without header", lambda _: stdconv.restore(HEADLESS, A), "C0091", "C0059")
wrong("restore an empty frame", lambda _: stdconv.restore(pl.DataFrame(), A), "C0091")
wrong("restore a legacy frame", lambda _: stdconv.restore(LEGACY.rename({"氏名": HEADING}), A), "C0091", "C0059")
wrong("restore numbers", lambda _: stdconv.restore(STANDARD.with_columns(宛名番号=NUMBER), A), "C0013")
wrong(
    "restore structs", lambda _: stdconv.restore(STANDARD.with_columns(氏名=pl.Series([{HEADING: NAME}])), A), "C0013"
)
wrong(
    "restore records of one number",
    lambda _: stdconv.restore(pl.concat([STANDARD, STANDARD]).with_columns(_row=NUMBER), A),
    "C0047",
)
wrong("restore numbers that are texts", lambda _: stdconv.restore(STANDARD.with_columns(_row=pl.lit(NAME)), A), "C0047")
wrong("validate a frame without header", lambda _: stdconv.validate(HEADLESS, SCHEMA), "C0091", "C0059")
wrong(
    "validate a column too many",
    lambda _: stdconv.validate(STANDARD.with_columns(pl.lit(NAME).alias(HEADING)), SCHEMA),
    "C0059",
)
wrong("validate without a key", lambda _: stdconv.validate(STANDARD.drop("履歴番号"), SCHEMA), "C0091")
wrong("validate fractions", lambda _: stdconv.validate(STANDARD.with_columns(氏名=float(NUMBER)), SCHEMA), "C0013")

# Lookups and residue
wrong("lookups that are a frame", lambda _: any_.convert(LEGACY, A, lookups=HOUSEHOLDS))
wrong("lookups that are a record", lambda _: any_.convert(LEGACY, A, lookups={HEADING: NAME}), "C0086")
wrong("lookups by number", lambda _: any_.convert(LEGACY, A, lookups={NUMBER: HOUSEHOLDS}))
wrong("a lookup that is a path", lambda p: any_.convert(LEGACY, A, lookups={"households": p / "h.csv"}))
wrong(
    "a lookup that the mapping does not know",
    lambda _: stdconv.convert(LEGACY, A, lookups={HEADING: HOUSEHOLDS}),
    "C0086",
)
wrong("a lookup without its columns", lambda _: stdconv.convert(LEGACY, A, lookups={"households": HEADLESS}), "C0091")
wrong(
    "a lookup of numbers",
    lambda _: stdconv.convert(LEGACY, A, lookups={"households": HOUSEHOLDS.with_columns(世帯番号=NUMBER)}),
    "C0013",
)
wrong("a lookup left out", lambda _: stdconv.convert(LEGACY, NEEDING), "C0007")
wrong("a residue that is a record", lambda _: any_.restore(STANDARD, A, residue={HEADING: NAME}))
wrong(
    "a residue and records without numbers", lambda _: stdconv.restore(STANDARD, A, residue=CONVERTED.residue), "C0047"
)
wrong(
    "a residue without its columns",
    lambda _: stdconv.restore(STANDARD.with_columns(_row=1), A, residue=HEADLESS.with_columns(_row=1)),
    "C0091",
)
wrong(
    "a file of a lookup that is a frame",
    lambda p: any_.convert_file(p / "i.csv", A, p / "o", lookups={"households": HOUSEHOLDS}),
)
wrong("files of lookups that are a list", lambda p: any_.convert_file(p / "i.csv", A, p / "o", lookups=[p / "h.csv"]))
wrong(
    "a file of an unknown lookup",
    lambda p: any_.convert_file(p / "i.csv", A, p / "o", lookups={HEADING: p / "h.csv"}),
    "C0086",
)

# Mappings and schemas
wrong("a schema for a mapping", lambda _: any_.convert(LEGACY, stdconv.load_schema(SCHEMA)))
wrong("a mapping for a schema", lambda _: any_.validate(STANDARD, stdconv.load_mapping(A)))
wrong("a frame for a mapping", lambda _: any_.convert(A, LEGACY))
wrong("a number for a mapping", lambda _: any_.load_mapping(NUMBER))
wrong("no mapping", lambda _: any_.restore(STANDARD, None))
wrong("an empty name", lambda _: stdconv.load_mapping(""))
wrong("a misspelt name", lambda _: stdconv.load_mapping("vendor-a/resident-lnk"), "C0001")
wrong("bytes for a schema", lambda _: any_.load_schema(NAME.encode()))
wrong("a record for a site", lambda _: any_.validate(STANDARD, SCHEMA, site={HEADING: NAME}))
wrong("lint of a file that is not there", lambda _: stdconv.lint("resident.yaml"), "C0001")
wrong("lint of a frame", lambda _: any_.lint(LEGACY))
wrong("proof of a schema", lambda _: any_.prove(stdconv.load_schema(SCHEMA)))

wrong("no name", lambda _: any_.load_mapping())
wrong("a name and a text", lambda _: any_.load_mapping(A, text=NAME))
wrong("a number for a text", lambda _: any_.load_mapping(text=NUMBER))
wrong("an empty text", lambda _: stdconv.load_mapping(text=""))
wrong("a value for a text", lambda _: stdconv.load_mapping(text=NAME), "M0018")
wrong("a record for a base", lambda _: any_.load_mapping(text="id: a", base={HEADING: NAME}))
wrong("a column that a schema does not have", lambda _: stdconv.load_schema(SCHEMA).column(HEADING), "C0087")
wrong("a column by number", lambda _: any_.load_schema(SCHEMA).column(NUMBER), "C0087")
wrong("a table of another database", lambda _: any_.load_schema(SCHEMA).ddl("RYUZAKI", table="a"))
wrong("a table by number", lambda _: any_.load_schema(SCHEMA).ddl("sqlite", table=NUMBER))

# Options
wrong("a negative number of jobs", lambda p: stdconv.convert_file(p / "i.csv", A, p / "o", jobs=-1))
wrong("a number for a word", lambda p: any_.convert_file(p / "i.csv", A, p / "o", format=NUMBER))
wrong("a misspelt format", lambda p: any_.convert_file(p / "i.csv", A, p / "o", format="RYUZAKI"))
wrong("a misspelt severity", lambda p: any_.validate_file(p / "i.csv", SCHEMA, fail_on="RYUZAKI"))
wrong("a frame for a severity", lambda p: any_.relay_file(p / "i.csv", A, p / "o", fail_on=LEGACY))
wrong("a text for a truth", lambda p: any_.convert_file(p / "i.csv", A, p / "o", force=NAME))
wrong("a number for a truth", lambda p: any_.restore_file(p, p / "o", lookups=NUMBER))
wrong("a text for a function", lambda p: any_.convert_file(p / "i.csv", A, p / "o", progress=NAME))
wrong("no path", lambda p: any_.convert_file(None, A, p / "o"))
wrong("a frame for a path", lambda p: any_.validate_file(STANDARD, SCHEMA))
wrong("a record for a folder", lambda _: any_.verify({HEADING: NAME}))
wrong("a number of rows that is a text", lambda _: any_.sample(A, NAME, 0))
wrong("a seed that is too great", lambda _: stdconv.sample(A, 1, NUMBER))
wrong("no seed", lambda _: any_.sample(A, 1, None))
wrong("a negative number of records", lambda _: stdconv.prove(A, records=-NUMBER))
wrong("a misspelt half", lambda _: any_.prove(A, only="RYUZAKI"))
wrong("a value for a code", lambda _: stdconv.explain(NAME))
wrong("a number for a code", lambda _: any_.explain(NUMBER))
wrong("a code that there is not", lambda _: stdconv.explain("S9999"), "C0001")
wrong("another language", lambda _: any_.explain("S0002", "RYUZAKI"))

# What a file holds, given as its name: it is no name of a file, and full of residents
CONTENT = f"住民番号,氏名\r\n{NUMBER},{NAME}\r\n"
wrong("a file's content for a file", lambda p: stdconv.convert_file(CONTENT, A, p / "o"))
wrong("a long line for a file", lambda _: stdconv.validate_file(NAME * 20, SCHEMA))
wrong("a file's content for a mapping", lambda _: stdconv.convert(LEGACY, CONTENT))
wrong("a mapping's text for its name", lambda _: stdconv.load_mapping(stdconv.load_mapping(A).text))
wrong("a file's content for a schema", lambda _: stdconv.load_schema(CONTENT))
wrong("a name with NUL", lambda _: stdconv.verify(f"{NAME}\0"))
wrong(
    "a file's content for a lookup's file",
    lambda p: stdconv.convert_file(p / "i.csv", A, p / "o", lookups={"households": CONTENT}),
)


async def later(*_: Any) -> bool:
    return False


class Later:
    async def __call__(self) -> bool:
        return False


wrong("progress that is awaited by nobody", lambda p: any_.convert_file(p / "i.csv", A, p / "o", progress=later))
wrong("an async function that cancels", lambda p: any_.verify(p, cancel=partial(later, 1)))
wrong("an async object that cancels", lambda p: any_.verify(p, cancel=Later()))

# Results
ERROR = stdconv.DefinitionError([fault("C0090")])
VERDICTS = stdconv.convert_bytes(
    "住民番号,履歴番号,氏名,生年月日,性別,住民区分,異動日,住民種別\r\n,,,,,,,\r\n".encode("cp932"), A
).report.verdicts
wrong("an error in another language", lambda _: ERROR.text("RYUZAKI"))
wrong("an error in no language", lambda _: any_.StdconvError([fault("C0090")]).text(None))
wrong("a fault in another language", lambda _: ERROR.faults[0].text("RYUZAKI"))
wrong("a fault as data in another language", lambda _: ERROR.faults[0].document("RYUZAKI"))
wrong("a message in another language", lambda _: ERROR.faults[0].messages["RYUZAKI"])
wrong("a verdict in another language", lambda _: VERDICTS[0].text("RYUZAKI"))
wrong("what lint says in another language", lambda _: stdconv.lint(A).document("RYUZAKI"))
wrong("a proof in another language", lambda _: stdconv.prove(A, only="examples").document("RYUZAKI"))
wrong("a result in another language", lambda _: any_.convert(LEGACY, A).findings_in(NAME))
wrong("a result in no language", lambda _: any_.convert(LEGACY, A).findings_in(None))
wrong("a result up to another severity", lambda _: any_.convert(LEGACY, A).ok("RYUZAKI"))


# Bytes
BYTES = ("住民番号,履歴番号,氏名,生年月日,性別,住民区分,異動日,住民種別\r\n" + ",".join([NAME] * 8) + "\r\n").encode(
    "cp932"
)
RESTORED = stdconv.restore(STANDARD.head(0), A)
KEY = ["宛名番号", "履歴番号"]
wrong("bytes that are a text", lambda _: any_.convert_bytes(NAME, A))
wrong("bytes that are a frame", lambda _: any_.convert_bytes(LEGACY, A))
wrong("bytes that are nothing", lambda _: any_.read_legacy(None, A))
wrong("a file of texts", lambda _: any_.convert_bytes(StringIO(NAME), A))
wrong("bytes that are a path", lambda p: any_.read_legacy(p / "i.csv", A))
wrong("validating bytes as a frame", lambda _: any_.validate(BYTES, SCHEMA))
wrong("writing to a file of texts", lambda _: any_.write_legacy(LEGACY, A, StringIO()))
wrong("writing to a file opened for text", lambda _: any_.write_legacy(LEGACY, A, TextIOWrapper(BytesIO())))
wrong("writing to a file opened for reading", lambda _: any_.write_legacy(LEGACY, A, BufferedReader(BytesIO())))
wrong("bytes with a name that is a number", lambda _: any_.convert_bytes(BYTES, A, name=NUMBER))
wrong("bytes up to another severity", lambda _: any_.convert_bytes(BYTES, A, fail_on=NAME))
wrong(
    "a lookup of bytes that the mapping does not know",
    lambda _: any_.convert_bytes(BYTES, A, lookups={HEADING: BYTES}),
    "C0086",
)
wrong("a lookup of bytes that is a text", lambda _: any_.convert_bytes(BYTES, A, lookups={"households": NAME}))
wrong("writing a frame without header", lambda p: stdconv.write_legacy(HEADLESS, A, p / "o.csv"), "C0091")
wrong(
    "writing a column that the layout lacks",
    lambda p: stdconv.write_legacy(LEGACY.with_columns(pl.lit(NAME).alias(HEADING)), A, p / "o.csv"),
    "C0059",
)
wrong("writing to nothing", lambda _: any_.write_legacy(LEGACY, A, None))
wrong("writing over a file", lambda p: stdconv.write_legacy(LEGACY, A, p / "i.csv"), "C0002")
wrong("writing by a text", lambda p: any_.write_legacy(LEGACY, A, p / "i.csv", force=NAME))
wrong("the bytes of an unknown lookup", lambda _: RESTORED.to_bytes(lookup=HEADING), "C0086")
wrong("the bytes of a lookup by number", lambda _: any_.restore(STANDARD.head(0), A).to_bytes(lookup=NUMBER))
wrong("a key that is one text", lambda _: any_.keyed_residue(CONVERTED.residue, CONVERTED.standard, HEADING))
wrong("a key of numbers", lambda _: any_.keyed_residue(CONVERTED.residue, CONVERTED.standard, [NUMBER]))
wrong("a key of no columns", lambda _: any_.keyed_residue(CONVERTED.residue, CONVERTED.standard, []))
wrong(
    "a key of unknown columns",
    lambda _: stdconv.keyed_residue(CONVERTED.residue, CONVERTED.standard, [HEADING]),
    "C0087",
)
wrong(
    "a key that two records have",
    lambda _: stdconv.keyed_residue(
        CONVERTED.residue, pl.concat([STANDARD, STANDARD]).with_columns(_row=pl.Series([1, 2])), KEY
    ),
    "C0084",
)
wrong(
    "restoring by an unknown key",
    lambda _: stdconv.restore(STANDARD, A, residue=CONVERTED.residue, key=[HEADING]),
    "C0087",
)
wrong(
    "restoring by a key that is a record",
    lambda _: any_.restore(STANDARD, A, residue=CONVERTED.residue, key={HEADING: NAME}),
)


# Sessions
def converting(*chunks: Any, last: bool = False) -> Any:
    session: Any = stdconv.Converter(A)
    for chunk in chunks:
        session.feed(chunk)
    if last:
        session.finish()
    return session


def restoring(*chunks: Any, **options: Any) -> Any:
    session: Any = stdconv.Restorer(A, **options)
    for chunk in chunks:
        session.feed(chunk)
    return session


wrong("a session without mapping", lambda _: any_.Converter(None))
wrong("a session with a record for lookups", lambda _: any_.Converter(A, lookups={HEADING: NAME}), "C0086")
wrong("a session with a number for a name", lambda _: any_.Converter(A, name=NUMBER))
wrong("a session fed with a text", lambda _: converting(NAME))
wrong("a session fed with nothing", lambda _: converting(None))
wrong("a session fed with a frame without header", lambda _: converting(HEADLESS), "C0091")
wrong("a session fed with bytes and frames", lambda _: converting(BYTES, LEGACY), "C0083")
wrong("a session fed after its end", lambda _: converting(LEGACY, last=True).feed(LEGACY), "C0082")
wrong("a session finished twice", lambda _: converting(last=True).finish(), "C0082")
wrong("the rest of a session before its end", lambda _: converting(LEGACY).rest, "C0082")
wrong("a restorer with a record for a residue", lambda _: restoring(residue={HEADING: NAME}))
wrong("a restorer fed with a record", lambda _: restoring({HEADING: NAME}))
wrong("a restorer fed with a frame without header", lambda _: restoring(HEADLESS), "C0091", "C0059")
wrong("a restorer fed with other columns", lambda _: restoring(STANDARD, STANDARD.drop("氏名")), "C0083")
wrong("a restorer fed with the same number again", lambda _: restoring(*[STANDARD.with_columns(_row=1)] * 2), "C0047")
wrong("a validator of a mapping", lambda _: any_.Validator(stdconv.load_mapping(A)))
wrong("a validator with a site that is a frame", lambda _: any_.Validator(SCHEMA, site=LEGACY))
wrong("a validator fed with a list", lambda _: any_.Validator(SCHEMA).feed([NAME]))
wrong(
    "a validator fed with a frame without header", lambda _: stdconv.Validator(SCHEMA).feed(HEADLESS), "C0091", "C0059"
)

# Files
wrong("a number for what cancels", lambda p: any_.convert_file(p / "i.csv", A, p / "o", cancel=NUMBER))
wrong("a text that is told", lambda p: any_.verify(p, progress=NAME))
wrong("a record to sweep", lambda _: any_.sweep({HEADING: NAME}))


def test_there_are_fifty_wrong_calls_and_more() -> None:
    assert len(CALLS) >= 50


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_call_is_refused_at_entry_and_shows_nothing_that_it_was_given(name: str, tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_bytes((EXAMPLES / "vendor_a.csv").read_bytes())
    (tmp_path / "h.csv").write_bytes((EXAMPLES / "vendor_a_households.csv").read_bytes())
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    function, codes = CALLS[name]

    with pytest.raises(stdconv.DefinitionError) as caught:
        function(tmp_path)

    error = caught.value
    assert {fault.code for fault in error.faults} == codes
    assert error.__cause__ is None, "what a library says may hold values"
    assert error.__suppress_context__ or error.__context__ is None
    said = [
        str(error),
        repr(error),
        error.text("ja"),
        *map(repr, error.faults),
        *(repr(f.parameters) for f in error.faults),
    ]
    assert not [text for text in said if PLANTED.search(text)]
    assert not [text for text in said if "{" in text and "{'en'" not in text and "messages=" not in text]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def refusal(function: Callable[[], Any]) -> stdconv.Fault:
    """Return what a wrong call is refused with."""
    with pytest.raises(stdconv.DefinitionError) as caught:
        function()
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize(
    "function",
    [
        lambda: any_.convert_bytes(BYTES, A, lookups={"households": StringIO(NAME)}),
        lambda: any_.Converter(A, lookups={"households": Path("h.csv")}),
        lambda: any_.Converter(A).feed(NAME),
        lambda: any_.Validator(SCHEMA).feed(Path("s.csv")),
    ],
)
def test_where_bytes_are_taken_as_well_the_refusal_says_so(function: Callable[[], Any]) -> None:
    fault = refusal(function)
    assert "takes bytes, a DataFrame, or a table" in fault.messages["en"].summary
    assert "渡せるのはバイト列、DataFrame、または" in fault.messages["ja"].summary
    assert "read_bytes()" in fault.messages["en"].remedy
    assert "read_bytes()" in fault.messages["ja"].remedy


def test_where_frames_alone_are_taken_the_refusal_speaks_of_no_bytes() -> None:
    for function in (lambda: any_.convert(BYTES, A), lambda: any_.convert(LEGACY, A, lookups={"households": BYTES})):
        assert "takes a DataFrame, or a table" in refusal(function).messages["en"].summary


def test_a_value_of_the_right_type_is_not_said_to_be_of_a_wrong_one() -> None:
    for function in (lambda: stdconv.load_mapping(text=""), lambda: stdconv.convert_bytes(b"", A, name="")):
        assert refusal(function).messages["en"].summary.endswith("another value was given.")
        assert refusal(function).messages["ja"].summary.endswith("（渡された値: それ以外の値）。")


def test_the_longest_name_that_a_file_can_have_is_looked_for() -> None:
    with pytest.raises(stdconv.UnreadableError):
        stdconv.convert_file("a" * 251 + ".csv", A, "o")
    assert refusal(lambda: stdconv.convert_file("a" * 252 + ".csv", A, "o")).code == "C0060"


def test_of_a_residue_that_lacks_a_column_it_is_said_which_one_is_to_be_used() -> None:
    other = stdconv.convert(stdconv.sample("vendor-b/resident-link", 1, 1), "vendor-b/resident-link").residue
    with pytest.raises(stdconv.DefinitionError) as caught:
        stdconv.restore(CONVERTED.standard, A, residue=other)
    faults = caught.value.faults
    assert {fault.code for fault in faults} == {"C0091"}
    assert all("by this mapping returned" in fault.messages["en"].remedy for fault in faults)
    keyless = refusal(lambda: stdconv.restore(STANDARD, A, residue=CONVERTED.residue, key=["宛名番号"]))
    assert "`keyed_residue`" in keyless.messages["ja"].remedy
    assert "pandas" in refusal(lambda: stdconv.convert(LEGACY.drop("氏名"), A)).messages["ja"].cause


def test_of_whole_numbers_it_is_said_that_they_have_no_zeros_in_front_any_more() -> None:
    numbers = LEGACY.with_columns(住民番号=pl.lit(NUMBER))
    assert "begins with zeros" in refusal(lambda: stdconv.convert(numbers, A)).messages["en"].remedy
    assert "先頭の 0" in refusal(lambda: stdconv.convert(numbers, A)).messages["ja"].remedy
    dates = STANDARD.with_columns(生年月日=datetime.date(1962, 4, 12))
    assert "zeros" not in refusal(lambda: stdconv.validate(dates, SCHEMA)).messages["en"].remedy
