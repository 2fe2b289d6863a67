"""Holds the source to its sizes: prints every place that is too long, has no docstring or a forbidden name; exits 1.

A function's docstring is not counted, since a lens's docstring is its manual page. The package as a whole has few loose
modules, few rooms, and no long chain of imports.
"""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp

SOURCE = Path(__file__).resolve().parents[1] / "src"
MODULE_LINES = 400
FUNCTION_LINES = 40
LOOSE_MODULES = 7
ROOMS = 17
CHAIN = 20
"""How many modules may import one another in a row: whoever follows a call through all of them is lost."""

FORBIDDEN = frozenset({"utils", "helpers", "common", "misc", "manager"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


def complaints(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and complaint for everything in the module ``path`` that exceeds its size."""
    if path.stem in FORBIDDEN:
        yield 1, f"a module is not called '{path.stem}': say what lives in it"
    text = path.read_text(encoding="utf-8")
    if (lines := len(text.splitlines())) > MODULE_LINES:
        yield 1, f"{lines} lines, at most {MODULE_LINES}"
    tree = ast.parse(text, filename=str(path))
    if ast.get_docstring(tree) is None:
        yield 1, "no module docstring"
    for node in ast.walk(tree):
        if isinstance(node, Function) and (length := function_lines(node)) > FUNCTION_LINES:
            yield node.lineno, f"{node.name}: {length} lines, at most {FUNCTION_LINES}"


def function_lines(function: Function) -> int:
    """Return how many lines ``function`` has from ``def`` to its end, without its docstring."""
    length = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is None:
        return length
    return length - ((first.end_lineno or first.lineno) - first.lineno + 1)


def structure() -> Iterator[str]:
    """Yield a complaint for everything in the package's structure that exceeds its size."""
    package = SOURCE / "stdconv"
    loose = sorted(path.stem for path in package.glob("*.py"))
    rooms = sorted(path.name for path in package.iterdir() if (path / "__init__.py").is_file())
    if len(loose) > LOOSE_MODULES:
        yield f"{len(loose)} loose modules, at most {LOOSE_MODULES}: {', '.join(loose)}"
    if len(rooms) > ROOMS:
        yield f"{len(rooms)} rooms, at most {ROOMS}: {', '.join(rooms)}"
    if len(chain := longest_chain()) > CHAIN:
        yield f"a chain of {len(chain)} imports, at most {CHAIN}: {' > '.join(chain)}"


def longest_chain() -> list[str]:
    """Return the longest chain of modules of which each imports the next one; there are no cycles (`.importlinter`)."""
    graph = grimp.build_graph("stdconv", cache_dir=None)

    @functools.cache
    def below(module: str) -> tuple[str, ...]:
        imported = sorted(graph.find_modules_directly_imported_by(module))
        return (module, *max(map(below, imported), key=len, default=()))

    return [name.removeprefix("stdconv.") for name in max(map(below, sorted(graph.modules)), key=len)]


def main() -> int:
    """Check every module under ``src`` and return the exit code."""
    root = SOURCE.parent
    found = [
        f"{path.relative_to(root)}:{line}: {complaint}"
        for path in sorted(SOURCE.rglob("*.py"))
        for line, complaint in complaints(path)
    ]
    found += structure()
    print("\n".join(found) if found else f"sizes: all modules under {SOURCE.name}/ are within their limits")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
