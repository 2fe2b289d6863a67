"""The page of the library: every public name with its signature and docstring, as `help()` has them."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import sys
import typing
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import stdconv

INTRODUCTION = """\
# Library

The [guide](library-guide.md) ([日本語](library-guide.ja.md)) goes through what there is; this page lists everything
that `import stdconv` offers. Names are imported when they are first used. Tests of mappings have `stdconv.testing`
besides, [rehearsals](rehearsal.md) too, and `stdconv.town.residents` gives synthetic residents as frames.

Functions raise `StdconvError`s for wrong definitions, arguments and files, with all faults at once; what is wrong with
data is a row of `findings`. What functions return has no other types than those below, but for the parts that a `Plan`
and a `Schema` are made of: those are stdconv's own, and not listed."""

WIDTH = 100

GROUPS = {
    "Frames": ("load_mapping", "load_schema", "convert", "restore", "validate", "sample"),
    "Bytes": ("convert_bytes", "read_legacy", "write_legacy", "keyed_residue"),
    "Sessions": ("Converter", "Restorer", "Validator"),
    "Files": ("convert_file", "restore_file", "relay_file", "validate_file", "verify", "sweep"),
    "Mappings and codes": ("lint", "prove", "explain"),
    "Mappings and schemas, loaded": ("Plan", "Schema", "Column"),
    "Results for frames": ("Result", "Conversion", "Converted", "Legacy", "Restoration", "Validation", "Counts"),
    "Reports": (
        *(
            "Report",
            "Total",
            "Detail",
            "ReportedFault",
            "MappingUse",
            "LintUse",
            "IssuesUse",
            "ProofUse",
            "LookupUse",
            "ControlUse",
            "ExtractDay",
        ),
        *("PeopleUse", "PeopleCounts", "ExpectedUse", "TableUse", "TableRow", "TableCode", "UnlistedValue"),
        *("PatternsUse", "PatternUse", "PatternKind", "SiteUse", "Decided", "Ruled"),
    ),
    "Run folders": ("Manifest", "ValidationManifest", "Original", "FileHash"),
    "Runs": ("Progress",),
    "Results for mappings and codes": ("Linted", "Proof", "CounterExample", "Explanation"),
    "Errors": (
        *("StdconvError", "DefinitionError", "UnreadableError", "UnprovenError", "Cancelled"),
        *("Fault", "Message", "Place"),
    ),
    "What is given": ("File", "Frame", "ArrowStream", "Octets"),
    "Words": ("Database", "Format", "Half", "Language", "Origin", "Severity", "Threshold", "Verdict"),
}

ABOUT = {"Files": "stdconv.api.files"}
"""The modules whose docstrings say what the functions of a group have in common."""


def library_page() -> str:
    """Return the page. Raises ``KeyError`` where a public name is in no group, or one that is in a group is not."""
    listed = {name for names in GROUPS.values() for name in names}
    if listed != set(stdconv.__all__) - {"__version__"}:
        raise KeyError(*sorted(listed ^ (set(stdconv.__all__) - {"__version__"})))
    parts = [INTRODUCTION]
    for title, names in GROUPS.items():
        parts.append(f"## {title}")
        if title in ABOUT:
            parts.append(_prose(import_module(ABOUT[title]).__doc__).partition("\n\n")[2])
        for name in names:
            parts += _entry(name, getattr(stdconv, name))
    return "\n\n".join(parts)


def _entry(name: str, thing: Any) -> Iterator[str]:
    yield f"### `{name}{_bases(thing) if inspect.isclass(thing) else ''}`"
    if inspect.isclass(thing):
        if "__init__" in vars(thing) and not dataclasses.is_dataclass(thing) and not issubclass(thing, Exception):
            yield f"```python\n{_signature(name, thing.__init__).removesuffix(' -> None')}\n```"
        yield _prose(thing.__doc__)
        if attributes := list(_attributes(thing)):
            yield "\n".join(attributes)
        for method, function in _methods(thing):
            yield f"#### `{name}.{method}`"
            yield f"```python\n{_signature(method, function)}\n```"
            yield _prose(function.__doc__)
    elif inspect.isfunction(thing):
        yield f"```python\n{_signature(name, thing)}\n```"
        yield _prose(thing.__doc__)
    else:
        written, said = _assigned(stdconv._HOME[name])[name]
        yield f"```python\n{name} = {written}\n```"
        if said:
            yield _prose(said)


def _signature(name: str, function: Callable[..., Any]) -> str:
    """Return how a function is called, a line for each parameter where one line is too short."""
    signature = inspect.signature(function)
    parameters = list(_parameters(signature))
    whole = f"{name}({', '.join(parameters)}) -> {signature.return_annotation}"
    if len(whole) <= WIDTH:
        return whole
    return f"{name}(\n" + "".join(f"    {each},\n" for each in parameters) + f") -> {signature.return_annotation}"


def _parameters(signature: inspect.Signature) -> Iterator[str]:
    parameters = [each for each in signature.parameters.values() if each.name != "self"]
    kinds = [each.kind for each in parameters]
    for at, parameter in enumerate(parameters):
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.KEYWORD_ONLY not in kinds[:at]:
            yield "*"
        default = parameter.default
        shown = default.__name__ if inspect.isfunction(default) else repr(default)
        said = f"{parameter.name}: {parameter.annotation}"
        yield said if default is parameter.empty else f"{said} = {shown}"


def _prose(docstring: str | None) -> str:
    """Return a docstring as Markdown: code between single backticks, examples as a block."""
    text, arrow, example = inspect.cleandoc(docstring or "").partition(">>> ")
    text = text.rstrip().replace("``", "`")
    return text + (f"\n\n```pycon\n{arrow}{example.rstrip()}\n```" if arrow else "")


def _own(cls: type) -> Iterator[type]:
    """Yield ``cls`` and those of its bases that are stdconv's and have no entry of their own, the farthest first."""
    yield from (
        each
        for each in reversed(cls.__mro__)
        if each.__module__.startswith("stdconv.") and (each is cls or not is_public(each))
    )


def _bases(cls: type) -> str:
    """Return the bases of a class that have an entry of their own, as they are written behind its name."""
    names = [each.__name__ for each in cls.__bases__ if each.__module__.startswith("stdconv.") and is_public(each)]
    return f"({', '.join(names)})" if names else ""


def _attributes(cls: type) -> Iterator[str]:
    """Yield the public fields of a class, then its properties, each with its type and what is said of it."""
    hints = typing.get_type_hints(cls)
    for each in _own(cls):
        for name, annotation in inspect.get_annotations(each).items():
            if not name.startswith("_") and is_public(hints[name]):
                yield f"* `{name}`: `{_readable(annotation, each)}`"
    for each in _own(cls):
        for name, member in list(vars(each).items()):
            function = getattr(member, "func", getattr(member, "fget", None))
            if name.startswith("_") or function is None or vars(cls).get(name, member) is not member:
                continue
            if is_public(typing.get_type_hints(function)["return"]):
                first = inspect.cleandoc(function.__doc__ or "").partition("\n\n")[0].replace("``", "`")
                yield f"* `{name}`: `{_readable(inspect.signature(function).return_annotation, each)}`. {first}"


def _methods(cls: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the public methods of a class; not what makes one: that is stdconv's own business."""
    found = {name: member for each in _own(cls) for name, member in list(vars(each).items())}
    for name, member in found.items():
        is_shown = not name.startswith("_") and inspect.isfunction(member)
        if is_shown and is_public(typing.get_type_hints(member)["return"]):
            yield name, member


def is_public(hint: Any) -> bool:
    """Return whether a type is made of nothing of stdconv's that has no public name."""
    if isinstance(hint, list | tuple):
        return all(map(is_public, hint))
    if isinstance(hint, type) and hint.__module__.startswith("stdconv."):
        return getattr(stdconv, hint.__name__, None) is hint
    return all(map(is_public, typing.get_args(hint)))


def _readable(annotation: str, cls: type) -> str:
    """Return an annotation with names that mean nothing to others replaced by what they stand for."""
    return ast.unparse(_Aliases(vars(sys.modules[cls.__module__])).visit(ast.parse(annotation, mode="eval")))


class _Aliases(ast.NodeTransformer):
    """Replaces aliases without a public name by the types that they stand for, without remarks on these."""

    def __init__(self, known: dict[str, Any]) -> None:
        self._known = known

    def visit_Name(self, node: ast.Name) -> ast.AST:
        value = self._known.get(node.id)
        is_alias = typing.get_args(value) and node.id not in stdconv.__all__
        if not is_alias:
            return node
        return self.visit(ast.parse(_text(value), mode="eval").body)  # type: ignore[no-any-return]

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id == "Annotated" and isinstance(node.slice, ast.Tuple):
            return self.visit(node.slice.elts[0])  # type: ignore[no-any-return]
        return self.generic_visit(node)


def _text(hint: Any) -> str:
    """Return how a type is written; of a remarked one, the type alone."""
    if hasattr(hint, "__metadata__"):
        hint = hint.__origin__
    return hint.__name__ if isinstance(hint, type) and not typing.get_args(hint) else str(hint).replace("typing.", "")


@cache
def _assigned(module: str) -> dict[str, tuple[str, str]]:
    """Return what a module assigns to names: how that is written, and the text beneath it."""
    source = Path(str(sys.modules[module].__file__)).read_text(encoding="utf-8")
    body = ast.parse(source).body
    found = {}
    for node, after in zip(body, [*body[1:], ast.Pass()], strict=True):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name) and node.value is not None:
            text = after.value if isinstance(after, ast.Expr) else None
            said = str(text.value) if isinstance(text, ast.Constant) else ""
            found[target.id] = (ast.get_source_segment(source, node.value) or "", said)
    return found
