"""The command line as people and scripts meet it: help, languages, streams, terminals, and names that do not exist."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import stdconv as package
from stdconv.definitions import catalog
from support.commandline import Ended, command, in_bare_surroundings, said, stdconv, surroundings
from support.links import STANDARD_COLUMNS
from support.paths import CASES, EXAMPLES

A = "vendor-a/resident-link"
COMMANDS = ["convert", "restore", "validate", "sample", "verify", "show"]
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")


Here = Callable[..., Ended]


@pytest.fixture
def here(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Here:
    """Return what runs stdconv in this process: where nothing asks for one of its own, which takes half a second."""
    in_bare_surroundings(monkeypatch)

    def ran_here(*arguments: object) -> Ended:
        code, out, err = said(capfd, *arguments)
        return Ended(command(*arguments), code, out, err)

    return ran_here


def on_a_terminal(*arguments: object, **variables: str) -> tuple[int, str, str]:
    """Run a command whose stderr is a terminal; returns its exit code, its stdout and what the terminal got."""
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        command(*arguments),
        stdout=subprocess.PIPE,
        stderr=end,
        env=surroundings(**{"TERM": "xterm-256color"} | variables),
    )
    os.close(end)
    shown = b""
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:  # Linux says so where the other side was closed
            break
        if not data:
            break
        shown += data
    os.close(terminal)
    out, _ = process.communicate()
    return process.returncode, out.decode(), shown.decode()


def convert(folder: Path, *more: object) -> tuple[object, ...]:
    return ("convert", EXAMPLES / "vendor_a.csv", "-m", A, "-o", folder / "run", *more)


# Help and version


@pytest.mark.parametrize("name", [None, *COMMANDS])
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_explains_itself(here: Here, name: str | None, flag: str) -> None:
    helped = here(*([name] if name else []), flag)
    assert (helped.returncode, helped.stderr) == (0, "")
    assert helped.stdout.startswith("Usage: stdconv")
    if name is None:
        assert [each for each in COMMANDS if not re.search(rf"^  {each} ", helped.stdout, re.MULTILINE)] == []


@pytest.mark.e2e
def test_the_version_is_the_packages() -> None:
    shown = stdconv("--version")
    assert shown.returncode == 0
    assert package.__version__ in shown.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["convret"],
        ["convert"],
        ["convert", "x.csv", "-m", A],
        ["convert", "x.csv", "-m", A, "-o", "run", "--lookup", "households"],
        ["convert", "x.csv", "-m", A, "-o", "run", "--lookup", "=x"],
        ["convert", "x.csv", "-m", A, "-o", "run", "--lookup", "a=x", "--lookup", "a=y"],
        ["convert", "x.csv", "-m", A, "-o", "run", "--jobs", "0"],
        ["convert", "x.csv", "-m", A, "-o", "run", "--format", "xlsx"],
        ["convert", "x.csv", "-m", A, "-o", "run", "--fail-on", "fail"],
        ["sample", "-m", A, "--rows", "-1", "--seed", "1", "-o", "x.csv"],
        ["sample", "-m", A, "--rows", "1", "-o", "x.csv"],
        ["show", "poem"],
        ["show", "mapping-schema", "A"],
    ],
    ids=" ".join,
)
def test_usage_faults_exit_with_2_and_say_something_on_stderr(here: Here, arguments: list[str], tmp_path: Path) -> None:
    wrong = here(*arguments)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr
    assert "Traceback" not in wrong.stderr


# show


@pytest.mark.parametrize("kind", ["mapping", "schema", "codes", "lens", "code"])
def test_show_lists_what_there_is_and_shows_each_of_it(here: Here, kind: str) -> None:
    listed = here("show", kind)
    assert (listed.returncode, listed.stderr) == (0, "")
    names = [line.split()[0] for line in listed.stdout.splitlines()]
    assert len(names) >= (1 if kind == "schema" else 2)
    name = names[-1]
    page = here("show", kind, name)
    assert (page.returncode, page.stderr) == (0, "")
    assert len(page.stdout.splitlines()) > 2


def test_show_prints_the_schema_of_mappings_as_it_is_shipped(here: Here) -> None:
    shown = here("show", "mapping-schema")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout == (EXAMPLES.parent / "schemas" / "mapping.schema.json").read_text(encoding="utf-8")


def test_show_lists_exactly_the_shipped_names(here: Here) -> None:
    for kind in ("mapping", "schema", "codes"):
        names = [line.split()[0] for line in here("show", kind).stdout.splitlines()]
        assert names == catalog.names(kind)


def test_a_mapping_is_shown_with_the_kinds_of_records_of_its_layout(here: Here) -> None:
    page = here("show", "mapping", CASES / "golden-fixed-records" / "mapping.yaml").stdout
    for row in ("| データ | 1 | 1 | D |", "| ヘッダー | 1 | 1 | H |", "| トレーラ | 1 | 1 | T |"):
        assert row in page.splitlines()
    assert "レコードの種別" not in here("show", "mapping", CASES / "golden-fixed" / "mapping.yaml").stdout


def test_a_mapping_is_shown_with_the_numbers_of_its_layout(here: Here) -> None:
    page = here("show", "mapping", CASES / "golden-fixed-numbers" / "mapping.yaml").stdout
    for row in (
        "| 世帯人員 | 24 | 2 | パック 10 進数（3 桁、符号なし、空は 2020） |",
        "| 世帯番号 | 26 | 4 | 2 進数（9 桁、符号なし） |",
        "| 増減人員 | 30 | 3 | ゾーン 10 進数（3 桁、符号あり、ゾーン 37） |",
        "| 備考 | 35 | 5 | NUL（右） |",
    ):
        assert row in page.splitlines()


@pytest.mark.parametrize("mapping", ["vendor-a/resident-link", "vendor-b/resident-link"])
def test_a_mapping_is_shown_as_a_table_with_every_standard_column(here: Here, mapping: str) -> None:
    page = here("show", "mapping", mapping).stdout
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]
    assert rows[0] == ["標準項目", "型", "旧項目", "変換", "備考"]
    shown = [name for row in rows[2:] for name in row[0].split("・")]
    assert sorted(shown) == sorted(STANDARD_COLUMNS)


def test_a_mapping_shows_its_vendor_its_tables_and_its_reasons(here: Here) -> None:
    page = here("show", "mapping", A).stdout
    for part in ("A社", "cp932", "households:世帯番号", "日本人=1", "住登者=1", "A社の連携項目に世帯番号がない"):
        assert part in page


def test_a_mapping_shows_options_by_their_names_and_no_python(here: Here) -> None:
    shown = {name: here("show", "mapping", CASES / name / "mapping.yaml").stdout for name in (
        "golden-any-date", "golden-recode-several", "golden-when")}  # fmt: skip
    assert (
        "compact_date (none: 00000000, open_end: 99999999)/wareki (form: gyymmdd, eras: S=昭和"
        in shown["golden-any-date"]
    )
    assert "recode_several 10=1/1 20=2/1" in shown["golden-recode-several"]
    assert "住民種別 = 1: recode 住登者=1" in shown["golden-when"]
    assert not any(sign in text for text in shown.values() for sign in ("('", "None", "True", "{"))


def test_a_schema_shows_lengths_listed_values_and_patterns(here: Here) -> None:
    shown = here("show", "schema", "resident-link/1.0").stdout
    assert "| 宛名番号 | X | ◎ |  | ≤ 15 · `^[!-~]([ -~]{0,}[!-~])?$` |" in shown
    assert "| 住民状態 | X | ○ | juminjotai | 1, 2, 3, 9 |" in shown
    assert "| 生年月日 | DATE |  |  | YYYY-MM-DD |" in shown


def test_a_schema_shows_types_key_rules_and_their_status(here: Here) -> None:
    page = here("show", "schema", "resident-link/1.0").stdout
    for part in (*STANDARD_COLUMNS, "Ｎ", "DATE", "official", "assumed", "D0001", "S0007"):
        assert part in page


@pytest.mark.parametrize("name", ["T0015", "declared-missing"])
def test_a_code_is_found_by_its_id_and_by_its_name(here: Here, name: str) -> None:
    page = here("show", "code", name).stdout
    assert page.startswith("# T0015 declared-missing (warn")


def test_a_lens_page_has_its_sourced_examples(here: Here) -> None:
    page = here("show", "lens", "wareki").stdout
    assert "3600707" in page
    assert "1985-07-07" in page
    assert "審議項目1関係資料" in page


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        (["show", "mapping", "vendor-a/residentlink"], "vendor-a/resident-link"),
        (["show", "schema", "resident-link/1"], "resident-link/1.0"),
        (["show", "codes", "seibetu"], "seibetsu"),
        (["show", "lens", "wareky"], "wareki"),
        (["show", "code", "T00155"], "T0015"),
        (["convert", "x.csv", "-m", "vendor-a/residentlink", "-o", "run"], "vendor-a/resident-link"),
        (["validate", "x.csv", "-s", "resident-link/1"], "resident-link/1.0"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_an_unknown_name_exits_with_2_and_suggests_a_known_one(
    here: Here, arguments: list[str], suggestion: str
) -> None:
    unknown = here(*arguments)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "C0001" in unknown.stderr
    assert suggestion in unknown.stderr


# Languages


def is_japanese(*arguments: str, **variables: str) -> bool:
    shown = stdconv(*arguments, "verify", "nowhere", **variables)
    assert shown.returncode == 2
    assert "C0008 not-a-run-folder" in shown.stderr
    return bool(JAPANESE.search(shown.stderr))


@pytest.mark.e2e
def test_messages_are_english_unless_something_says_otherwise() -> None:
    assert not is_japanese()
    assert not is_japanese(LANG="C.UTF-8")
    assert not is_japanese(LANG="de_DE.UTF-8")


@pytest.mark.e2e
@pytest.mark.parametrize("variable", ["STDCONV_LANG", "LC_ALL", "LC_MESSAGES", "LANG"])
def test_every_variable_of_the_environment_can_ask_for_japanese(variable: str) -> None:
    assert is_japanese(**{variable: "ja" if variable == "STDCONV_LANG" else "ja_JP.UTF-8"})


@pytest.mark.e2e
def test_the_option_outranks_our_variable_and_our_variable_outranks_the_locale() -> None:
    assert is_japanese("--lang", "ja", LANG="C.UTF-8", STDCONV_LANG="en")
    assert not is_japanese("--lang", "en", LANG="ja_JP.UTF-8", STDCONV_LANG="ja")
    assert not is_japanese(LANG="ja_JP.UTF-8", STDCONV_LANG="en")
    assert not is_japanese(LANG="ja_JP.UTF-8", LC_ALL="C.UTF-8")


@pytest.mark.e2e
def test_reports_and_pages_speak_japanese_too(tmp_path: Path) -> None:
    converted = stdconv("--lang", "ja", *convert(tmp_path))
    assert converted.returncode == 0
    assert "読込 1" in converted.stderr
    assert re.search("(?m)^警告　 T0015 ", converted.stderr)
    assert not re.search(r"\b(note|warn|refuse|fail)\b", converted.stderr)
    assert "（警告）" in stdconv("--lang", "ja", "show", "code", "T0012").stdout
    assert re.search("(?m)^T0012  警告　  ", stdconv("--lang", "ja", "show", "code").stdout)
    assert JAPANESE.search(stdconv("--lang", "ja", "show", "code", "T0012").stdout)
    assert not JAPANESE.search(stdconv("--lang", "en", "show", "code", "T0012").stdout)


# Streams


@pytest.mark.e2e
def test_converting_prints_nothing_on_stdout_and_its_summary_on_stderr(tmp_path: Path) -> None:
    converted = stdconv(*convert(tmp_path))
    assert (converted.returncode, converted.stdout) == (0, "")
    assert "read 1  accepted 1  refused 0" in converted.stderr
    assert "T0015" in converted.stderr
    assert "\x1b" not in converted.stderr


@pytest.mark.e2e
def test_reports_go_where_they_were_asked_for(tmp_path: Path) -> None:
    reports = ("--report", f"json={tmp_path / 'report.json'}", "--report", "text=-")
    converted = stdconv(*convert(tmp_path, *reports))
    assert converted.returncode == 0
    assert converted.stdout.startswith("read 1  accepted 1  refused 0")
    asked = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert asked["path"] == (EXAMPLES / "vendor_a.csv").as_posix()
    kept = json.loads((tmp_path / "run" / "report.json").read_text(encoding="utf-8"))
    assert kept == asked | {"path": None}, "a run folder knows nothing of where it was made"
    assert asked["counts"] == {"read": 1, "accepted": 1, "refused": 0}


@pytest.mark.e2e
def test_a_json_report_on_stdout_is_nothing_but_json(tmp_path: Path) -> None:
    checked = stdconv("validate", EXAMPLES / "standard.csv", "-s", "resident-link/1.0", "--report", "json=-")
    assert checked.returncode == 0
    assert json.loads(checked.stdout)["counts"] == {"read": 1, "accepted": 1, "refused": 0}


@pytest.mark.e2e
def test_no_progress_line_stands_between_what_scripts_read(tmp_path: Path) -> None:
    sampled = stdconv("sample", "-m", A, "--rows", 10, "--seed", 1, "-o", tmp_path / "in.csv")
    assert (sampled.returncode, sampled.stdout, sampled.stderr) == (0, "", "")


@pytest.mark.e2e
def test_a_reader_that_goes_away_is_no_error() -> None:
    script = '"$0" -m stdconv show code | head -n 1; exit "${PIPESTATUS[0]}"'
    piped = subprocess.run(
        ["/usr/bin/env", "bash", "-c", script, sys.executable],
        capture_output=True,
        encoding="utf-8",
        env=surroundings(),
        check=False,
    )
    assert (piped.returncode, piped.stderr) == (0, "")


# Consoles and terminals


@pytest.mark.e2e
@pytest.mark.parametrize("utf8_mode", ["0", "1"])
def test_what_an_ascii_console_cannot_print_is_shown_by_its_code_points(utf8_mode: str) -> None:
    shown = subprocess.run(
        command("show", "codes", "seibetsu"),
        capture_output=True,
        env=surroundings(PYTHONIOENCODING="ascii", PYTHONUTF8=utf8_mode),
        check=False,
    )
    assert shown.returncode == 0
    assert shown.stdout.isascii(), shown.stdout
    assert b"U+7537" in shown.stdout  # 男


@pytest.mark.e2e
def test_a_console_of_another_encoding_gets_that_encoding_and_code_points_for_the_rest() -> None:
    shown = subprocess.run(
        command("show", "mapping", A),
        capture_output=True,
        env=surroundings(PYTHONIOENCODING="cp932"),
        check=False,
    )
    assert shown.returncode == 0
    assert "標準項目".encode("cp932") in shown.stdout


@pytest.mark.e2e
def test_messages_reach_an_ascii_console_too(tmp_path: Path) -> None:
    verified = subprocess.run(
        command("--lang", "ja", "verify", tmp_path / "実行"),
        capture_output=True,
        env=surroundings(PYTHONIOENCODING="ascii"),
        check=False,
    )
    assert verified.returncode == 2
    assert verified.stderr.isascii(), verified.stderr
    assert b"C0008" in verified.stderr
    assert b"U+5B9F" in verified.stderr  # 実


@pytest.mark.e2e
def test_a_terminal_gets_a_progress_bar_and_scripts_on_stdout_see_nothing_of_it(tmp_path: Path) -> None:
    code, out, shown = on_a_terminal(*convert(tmp_path, "--report", "json=-"))
    assert code == 0
    assert json.loads(out)["counts"]["read"] == 1
    assert "━" in shown
    assert "\x1b[" in shown
    assert "read 1  accepted 1  refused 0" in shown


@pytest.mark.e2e
def test_no_color_leaves_the_colours_out(tmp_path: Path) -> None:
    colour = re.compile(r"\x1b\[[0-9;]*(3[0-8]|4[0-8]|9[0-7]|10[0-7])[0-9;]*m")
    _, _, coloured = on_a_terminal(*convert(tmp_path))
    assert colour.search(coloured)
    code, _, plain = on_a_terminal(*convert(tmp_path, "--force"), NO_COLOR="1")
    assert code == 0
    assert "━" in plain
    assert not colour.search(plain)


@pytest.mark.e2e
def test_a_dumb_terminal_gets_plain_lines(tmp_path: Path) -> None:
    code, _, shown = on_a_terminal(*convert(tmp_path), TERM="dumb")
    assert code == 0
    assert "\x1b" not in shown
    assert "read 1  accepted 1  refused 0" in shown
