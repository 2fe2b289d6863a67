"""The page of the library: every public name with its signature and docstring, as `help()` has them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import stdconv

INTRODUCTION = """\
# Library

Everything that `import stdconv` offers; names are imported when they are first used. Tests of mappings have
`stdconv.testing` besides, and `stdconv.town.residents` gives synthetic residents as frames."""

WIDTH = 100

GROUPS = {
    "Frames": ("load_mapping", "load_schema", "convert", "restore", "validate", "sample"),
    "Files": ("convert_file", "restore_file", "relay_file", "validate_file", "verify"),
    "Mappings and codes": ("lint", "prove", "explain"),
    "What functions take and return": (
        *(
            "Plan",
            "Schema",
            "Conversion",
            "Restoration",
            "Validation",
            "Report",
            "Manifest",
            "Linted",
            "Proof",
            "Explanation",
        ),
    ),
    "Errors": ("StdconvError", "DefinitionError", "UnreadableError", "UnprovenError", "Fault", "Place"),
}


def library_page() -> str:
    """Return the page. Raises ``KeyError`` where a public name is in no group, or one that is in a group is not."""
    listed = {name for names in GROUPS.values() for name in names}
    if listed != set(stdconv.__all__) - {"__version__"}:
        raise KeyError(*sorted(listed ^ (set(stdconv.__all__) - {"__version__"})))
    parts = [INTRODUCTION]
    for title, names in GROUPS.items():
        parts.append(f"## {title}")
        for name in names:
            parts += _entry(name, getattr(stdconv, name))
    return "\n\n".join(parts)


def _entry(name: str, thing: Any) -> Iterator[str]:
    yield f"### `{name}`"
    if inspect.isclass(thing):
        yield _prose(thing)
        if members := list(_members(thing)):
            yield "\n".join(members)
        return
    yield f"```python\n{_signature(name, thing)}\n```"
    yield _prose(thing)


def _signature(name: str, function: Callable[..., Any]) -> str:
    """Return how a function is called, a line for each parameter where one line is too short."""
    signature = inspect.signature(function)
    parameters = list(_parameters(signature))
    whole = f"{name}({', '.join(parameters)}) -> {signature.return_annotation}"
    if len(whole) <= WIDTH:
        return whole
    return f"{name}(\n" + "".join(f"    {each},\n" for each in parameters) + f") -> {signature.return_annotation}"


def _parameters(signature: inspect.Signature) -> Iterator[str]:
    kinds = [parameter.kind for parameter in signature.parameters.values()]
    for at, parameter in enumerate(signature.parameters.values()):
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.KEYWORD_ONLY not in kinds[:at]:
            yield "*"
        default = parameter.default
        shown = default.__name__ if inspect.isfunction(default) else repr(default)
        said = f"{parameter.name}: {parameter.annotation}"
        yield said if default is parameter.empty else f"{said} = {shown}"


def _prose(thing: Any) -> str:
    """Return a docstring as Markdown: code between single backticks, examples as a block."""
    text, arrow, example = inspect.cleandoc(thing.__doc__ or "").partition(">>> ")
    text = text.rstrip().replace("``", "`")
    return text + (f"\n\n```pycon\n{arrow}{example.rstrip()}\n```" if arrow else "")


def _members(cls: type) -> Iterator[str]:
    """Yield the public fields of a class with their types, and its properties and methods with their first lines."""
    for name, annotation in inspect.get_annotations(cls).items():
        if not name.startswith("_"):
            yield f"* `{name}`: `{annotation}`"
    for name, member in list(vars(cls).items()):
        thing = getattr(member, "func", getattr(member, "fget", getattr(member, "__func__", member)))
        if not name.startswith("_") and inspect.isfunction(thing) and thing.__doc__:
            first = thing.__doc__.partition("\n")[0].replace("``", "`")
            yield f"* `{name}{'()' if inspect.isfunction(member) else ''}`: {first}"
