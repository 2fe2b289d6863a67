"""What is shipped is what works: the wheel in an environment of its own, and the source distribution."""

from __future__ import annotations

import json
import re
import shutil
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from support.commandline import ran
from support.paths import EXAMPLES, SCHEMAS, TESTS, TOP

pytestmark = pytest.mark.e2e


def built(kind: str, folder: Path) -> Path:
    build = ran(sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", folder, TOP, folder=folder)
    assert build.returncode == 0, build.stdout + build.stderr
    (path,) = (each for each in folder.iterdir() if each.suffix in (".whl", ".gz"))
    return path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel in it; its dependencies are those of the running interpreter.

    Those come by a .pth file, which puts their folder last and does not run the .pth files inside it: neither the
    editable install nor the checkout can be seen from there.
    """
    folder = tmp_path_factory.mktemp("environment")
    assert ran(sys.executable, "-m", "venv", "--without-pip", folder, folder=folder).returncode == 0
    python = folder / "bin" / "python"
    purelib = ran(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder).stdout.strip()
    pip = ("-m", "pip", "--quiet", "--disable-pip-version-check", "--python", python)
    installed = ran(sys.executable, *pip, "install", "--no-deps", "--no-index", wheel, folder=folder)
    assert installed.returncode == 0, installed.stderr
    paths = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    (Path(purelib) / "dependencies.pth").write_text("\n".join(paths) + "\n", encoding="utf-8")
    return folder


def test_the_wheel_holds_the_code_the_schemas_and_the_mappings_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"stdconv"}
    for folder in ("schemas", "mappings"):
        shipped = {path.relative_to(TOP).as_posix() for path in (TOP / folder).rglob("*") if path.is_file()}
        assert {f"stdconv/{name}" for name in shipped} <= names
    code = {path.relative_to(TOP / "src").as_posix() for path in (TOP / "src").rglob("*.py")}
    assert code <= names
    assert {"stdconv/py.typed", "stdconv/findings/codes.yaml", "stdconv/findings/mistakes/M0001.yaml"} <= names
    assert not {name for name in names if "__pycache__" in name or name.startswith(("tests", "stdconv/tests"))}


def test_the_wheel_declares_its_licence_and_what_it_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(archive.read(name).decode() for name in archive.namelist() if name.endswith("METADATA"))
        entry_points = next(archive.read(name).decode() for name in archive.namelist() if name.endswith("points.txt"))
    assert "Name: stdconv\n" in metadata
    assert "License-Expression: Apache-2.0 AND MIT AND CC-BY-4.0\n" in metadata
    assert "License-File: LICENSE\n" in metadata
    assert "License-File: src/stdconv/town/data/README.md\n" in metadata
    with zipfile.ZipFile(wheel) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist() if "/licenses/" in name]
    assert len(texts) == 2
    assert any("Apache License" in text for text in texts)
    assert any("Permission is hereby granted" in text and "2022 shuheilocale" in text for text in texts)
    assert "Requires-Python: >=3.11\n" in metadata
    needed = {line.split()[1].rstrip(";") for line in metadata.splitlines() if line.startswith("Requires-Dist: ")}
    for name in ("polars", "pydantic", "jsonschema", "hypothesis", "PyYAML", "click", "rich"):
        assert any(each.lower().startswith(name.lower()) for each in needed), name
    run_time = [line for line in metadata.splitlines() if line.startswith("Requires-Dist: ") and "extra ==" not in line]
    assert not [line for line in run_time if "<" in line], "no upper caps"
    assert "[console_scripts]\nstdconv = stdconv.cli:main\n" in entry_points
    assert "[pytest11]\nstdconv = stdconv.pytest_plugin\n" in entry_points


def test_the_installed_package_finds_its_own_data(environment: Path, tmp_path: Path) -> None:
    script = (
        "import json, stdconv; from stdconv.definitions import catalog; "
        "print(json.dumps([stdconv.__file__, str(catalog.root()), catalog.names('mapping'), catalog.names('schema')]))"
    )
    run = ran(environment / "bin" / "python", "-c", script, folder=tmp_path)
    assert run.returncode == 0, run.stderr
    file, root, mappings, schemas = json.loads(run.stdout)
    assert Path(file).is_relative_to(environment)
    assert Path(root).is_relative_to(environment)
    assert {"vendor-a/resident-link", "vendor-b/resident-link"} <= set(mappings)
    assert "resident-link/1.0" in schemas


def test_the_installed_command_converts_and_restores_the_example(environment: Path, tmp_path: Path) -> None:
    stdconv = environment / "bin" / "stdconv"
    lookup = f"households={EXAMPLES / 'vendor_a_households.csv'}"
    mapping = "vendor-a/resident-link"
    converted = ran(
        stdconv, "convert", EXAMPLES / "vendor_a.csv", "-m", mapping, "-o", "run", "--lookup", lookup, folder=tmp_path
    )
    assert converted.returncode == 0, converted.stderr
    assert (tmp_path / "run" / "standard.csv").read_bytes() == (EXAMPLES / "standard.csv").read_bytes()
    assert ran(stdconv, "restore", "run", "-o", "again.csv", folder=tmp_path).returncode == 0
    assert (tmp_path / "again.csv").read_bytes() == (EXAMPLES / "vendor_a.csv").read_bytes()
    relayed = ran(
        stdconv, "restore", "run/standard.csv", "-m", "vendor-b/resident-link", "-o", "b.csv", folder=tmp_path
    )
    assert relayed.returncode == 0, relayed.stderr
    assert (tmp_path / "b.csv").read_bytes() == (EXAMPLES / "vendor_b.csv").read_bytes()


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_type_checkers_find_the_types_of_the_installed_package(checker: str, environment: Path, tmp_path: Path) -> None:
    """Without ``py.typed`` mypy would say so, and pyright would guess: a misspelt name would be as good as any."""
    python = environment / "bin" / "python"
    options = ["--strict", "--python-executable", python] if checker == "mypy" else ["--pythonpath", python]
    lines = ["import stdconv", "report: stdconv.Report = stdconv.verify('run')", "stdconv.convret"]
    (tmp_path / "wrong.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    checked = ran(sys.executable, "-m", checker, *options, "wrong.py", folder=tmp_path)
    assert checked.returncode == 1
    assert re.findall(r"wrong\.py:([0-9]+)\b.* error: ", checked.stdout.replace("- error", " error")) == ["2", "3"]


def test_the_installed_command_prints_the_schema_of_mappings_for_editors(environment: Path, tmp_path: Path) -> None:
    shown = ran(environment / "bin" / "stdconv", "show", "mapping-schema", folder=tmp_path)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout == (SCHEMAS / "mapping.schema.json").read_text(encoding="utf-8")


def test_the_installed_pytest_plugin_checks_a_repository(environment: Path, tmp_path: Path) -> None:
    repository = shutil.copytree(TESTS / "vendor_repository", tmp_path / "repository")
    run = ran(environment / "bin" / "python", "-m", "pytest", "--stdconv", "-Werror", folder=repository)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "FAILED samples/bad.csv::validate[resident-link/1.0]" in run.stdout
    assert " 1 failed, 4 passed in " in run.stdout


def test_the_source_distribution_holds_tests_schemas_and_mappings(tmp_path: Path) -> None:
    with tarfile.open(built("sdist", tmp_path)) as archive:
        files = [member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()]
    for folder in ("schemas", "mappings", "examples"):
        present = {path.relative_to(TOP).as_posix() for path in (TOP / folder).rglob("*") if path.is_file()}
        assert present <= set(files), folder
    assert Path(__file__).relative_to(TOP).as_posix() in files
    assert {"pyproject.toml", "README.md", "LICENSE", "src/stdconv/__init__.py", ".pre-commit-hooks.yaml"} <= set(files)
    assert "tests/vendor_repository/.pre-commit-config.yaml" in files
