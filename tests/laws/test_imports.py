"""What is beside the package imports in one direction too: ``.importlinter`` sees only stdconv."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from support.paths import TESTS, TOP

FOLDERS = {"tests": TESTS, "bench": TOP / "bench", "tools": TOP / "tools"}


def imported(file: Path) -> Iterator[str]:
    """Yield the names that a module imports, those for typing and those inside functions included."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_of(folder: Path) -> dict[str, set[str]]:
    """Return which modules of ``folder`` each of them imports."""
    files = {".".join(file.relative_to(folder).with_suffix("").parts): file for file in folder.rglob("*.py")}
    return {name: {*imported(file)} & files.keys() for name, file in files.items()}


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_modules_import_each_other(folder: str) -> None:
    graph = imports_of(FOLDERS[folder])
    assert sum(map(len, graph.values())) > len(graph) / 4, "imports are seen"
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the modules


def test_test_modules_are_imported_by_nothing_and_have_names_of_their_own() -> None:
    graph = imports_of(TESTS)
    assert {name for names in graph.values() for name in names if name.rpartition(".")[2].startswith("test_")} == set()
    names = [name.rpartition(".")[2] for name in graph if name.rpartition(".")[2].startswith("test_")]
    assert len(names) == len(set(names)) > 50
