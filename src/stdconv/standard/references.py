"""References between schemas: within a document and to the schemas that are shipped; nothing is ever fetched."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stdconv.definitions import catalog

if TYPE_CHECKING:  # imported where a schema refers to something
    from referencing import Registry, Resource

PREFIX = "urn:stdconv:schema:standard:"
"""What the ``$id`` of a shipped schema begins with; its name follows, with a colon for the slash."""


class UnresolvedError(LookupError):
    """A reference leads nowhere."""


@dataclass(frozen=True)
class Scope:
    """What references inside ``document`` are relative to: the whole, or a part of one that was entered by ``$id``."""

    document: Any
    resolver: Any = None

    def inside(self, schema: dict[str, Any]) -> Scope:
        """Return the scope inside ``schema``, which may have an ``$id`` itself."""
        if "$id" not in schema or schema is self.document:
            return self
        return Scope(schema, self._resolver().in_subresource(_resource(schema)))

    def target(self, reference: str) -> tuple[Any, Scope]:
        """Return what ``reference`` means, and the scope inside it. Raises ``UnresolvedError``."""
        from referencing.exceptions import Unresolvable

        try:
            found = self._resolver().lookup(reference)
        except (Unresolvable, ValueError) as error:
            raise UnresolvedError(reference) from error
        return found.contents, Scope(found.contents, found.resolver)

    def _resolver(self) -> Any:
        return self.resolver or _registry().resolver_with_root(_resource(self.document))


def _registry() -> Registry[Any]:
    from referencing import Registry

    return Registry(retrieve=_shipped)  # type: ignore[call-arg]  # mypy does not see what attrs makes


def _resource(schema: Any) -> Resource[Any]:
    from referencing.jsonschema import DRAFT202012

    return DRAFT202012.create_resource(schema)


def _shipped(uri: str) -> Resource[Any]:
    """Return the shipped schema with that ``$id``; raises what the registry raises for what it does not know."""
    from referencing.exceptions import NoSuchResource

    name = uri.removeprefix(PREFIX).replace(":", "/")
    if not uri.startswith(PREFIX) or name not in catalog.names("schema"):
        raise NoSuchResource(ref=uri)  # type: ignore[call-arg]  # the same
    return _resource(json.loads(catalog.find("schema", name).read_bytes()))
