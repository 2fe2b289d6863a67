"""The example service: uploads kept in Parquet and SQLite, findings in Japanese, and today's records given back."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from support.commandline import ran
from support.paths import EXAMPLES, TOP

pytestmark = pytest.mark.e2e

HEADER = "住民番号,履歴番号,氏名,生年月日,性別,住民区分,異動日,住民種別\r\n"
"""The columns of A社, which writes CP932."""
SPELLED = (
    "1,1,行政 花子,3600707,女,住登者,20240301,日本人\r\n",  # a half-width blank
    '2,1,"髙橋　太郎",3600708,男,住登者,20240301,日本人\r\n',  # quotes that nothing needs, and a character of NEC and IBM
    "3,1,行政　梅,2151225,不明,消除者,,日本人\r\n",  # a day left empty, where 00000000 is written
    "4,1,ＺＨＡＮＧ　ＹＵＬＩ,9900228,男,転出者,00000000,外国人\r\n",
)
BAD = "5,1,龍崎　鱗太,3600707,鳥,住登者,20240301,日本人\r\n"
ENCODING = "cp932"


def export(*lines: str) -> bytes:
    """Return a file as A社's Windows writes it: 髙 is FBFC there, and EEE0 with Python's codec."""
    return "".join((HEADER, *lines)).encode(ENCODING).replace(bytes.fromhex("eee0"), bytes.fromhex("fbfc"))


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(EXAMPLES / "service"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # the examples are shipped as they are
    from service import Service  # type: ignore[import-not-found,unused-ignore]

    yield Service(tmp_path, "vendor-a/resident-link")
    sys.modules.pop("service")


def changed(folder: Path, *statements: str) -> None:
    """Do to the database what another program does."""
    with closing(sqlite3.connect(folder / "records.sqlite")) as database, database:
        for statement in statements:
            database.execute(statement)


def records(folder: Path) -> list[Any]:
    with closing(sqlite3.connect(folder / "records.sqlite")) as database:
        return database.execute('SELECT "宛名番号", "氏名", "異動年月日" FROM records ORDER BY rowid').fetchall()


def test_an_upload_is_kept_in_both_stores_and_comes_back_byte_for_byte(service: Any, tmp_path: Path) -> None:
    data, households = ((EXAMPLES / name).read_bytes() for name in ("vendor_a.csv", "vendor_a_households.csv"))
    receipt = service.upload(data, "vendor_a.csv", {"households": households})
    assert (receipt.stored, receipt.read, receipt.refused, receipt.findings) == (True, 1, 0, [])
    assert records(tmp_path) == [("1234567890", "行政　花子", "2024-03-01")]
    kept = pl.read_parquet(tmp_path / "standard.parquet")
    assert kept.write_csv(line_terminator="\r\n").encode() == (EXAMPLES / "standard.csv").read_bytes()
    given = service.download()
    assert given.files == {"legacy.csv": data, "households.csv": households}
    assert (given.refused, given.findings) == (0, [])


def test_todays_records_come_back_in_their_spellings_where_these_are_still_right(service: Any, tmp_path: Path) -> None:
    assert service.upload(export(*SPELLED), "a.csv").stored
    changed(
        tmp_path,
        """UPDATE records SET "氏名" = '山田　花子' WHERE "宛名番号" = '1'""",
        """UPDATE records SET "異動年月日" = '2026-11-30' WHERE "宛名番号" = '3'""",
        """DELETE FROM records WHERE "宛名番号" = '4'""",
        """INSERT INTO records ("宛名番号", "履歴番号", "氏名", "住民種別", "住民状態", "性別", "生年月日_元号", "生年月日")
           VALUES ('6', '1', '行政　和', '1', '1', '2', '5', '2019-05-01')""",
    )
    given = service.download()
    assert given.refused == 0
    assert given.files["legacy.csv"] == export(
        "1,1,山田　花子,3600707,女,住登者,20240301,日本人\r\n",
        "2,1,髙橋　太郎,3600708,男,住登者,20240301,日本人\r\n",
        "3,1,行政　梅,2151225,不明,消除者,20261130,日本人\r\n",
        "6,1,行政　和,5010501,女,住登者,00000000,日本人\r\n",
    )


def test_an_upload_with_a_refused_record_changes_nothing_and_says_why_in_japanese(service: Any, tmp_path: Path) -> None:
    service.upload(export(*SPELLED), "a.csv")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    receipt = service.upload(export(SPELLED[3], BAD), "b.csv")
    assert (receipt.stored, receipt.read, receipt.refused) == (False, 2, 1)
    (why,) = (each for each in receipt.findings if each["severity"] == "差戻し")
    assert (why["_row"], why["side"], why["column"], why["detail"]) == (2, "旧側", "性別", "形=漢 文字数=1")
    assert re.search("[ぁ-ん]", why["summary"] + why["remedy"])
    assert "龍" not in str(receipt)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("data", [b"", HEADER.encode("utf-8"), b"\x00\x01\x02", export(*SPELLED)[10:]])
def test_what_cannot_be_read_is_said_in_japanese(data: bytes, service: Any, tmp_path: Path) -> None:
    receipt = service.upload(data, "写し.csv")
    assert (receipt.stored, receipt.findings) == (False, [])
    assert "写し.csv" in receipt.problem
    assert "ください。" in receipt.problem
    assert service.download().files["legacy.csv"] == export()


def test_a_record_that_the_layout_cannot_express_is_refused_and_the_others_come_back(
    service: Any, tmp_path: Path
) -> None:
    service.upload(export(SPELLED[0], SPELLED[3]), "a.csv")
    changed(tmp_path, """UPDATE records SET "生年月日" = '1985-02-30' WHERE "宛名番号" = '1'""")
    given = service.download()
    assert given.files["legacy.csv"] == export(SPELLED[3])
    assert given.refused == 1
    refusing = {(each["_row"], each["column"]) for each in given.findings if each["severity"] == "差戻し"}
    assert refusing == {(1, "生年月日"), (1, "生年月日_元号+生年月日")}


def test_a_character_that_the_encoding_does_not_have_is_told_in_japanese(service: Any, tmp_path: Path) -> None:
    service.upload(export(SPELLED[0], SPELLED[3]), "a.csv")
    changed(tmp_path, """UPDATE records SET "氏名" = '𠮷田　花子' WHERE "宛名番号" = '1'""")
    given = service.download()
    assert given.files["legacy.csv"] == export(SPELLED[3])
    assert (given.problem, given.refused) == ("", 1)
    (told,) = [each for each in given.findings if each["severity"] == "差戻し"]
    assert (told["_row"], told["column"], told["code"], told["detail"]) == (1, "氏名", "E0006", "U+20BB7")
    assert "𠮷" not in str(given.findings)


@pytest.mark.parametrize("checker", [("mypy", "--strict"), ("pyright", "--pythonpath", sys.executable)])
def test_the_service_is_typed(checker: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "service.py").write_bytes((TOP / "examples" / "service" / "service.py").read_bytes())
    checked = ran(sys.executable, "-m", *checker, "service.py", folder=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
