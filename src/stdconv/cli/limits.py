"""What the system must allow this process before anything is begun."""

from __future__ import annotations

from stdconv.errors import UnreadableError

LEAST_MEMORY = 1 << 30
"""How many bytes of addresses polars needs for its threads and buffers: with too few it ends the process itself."""


def ensure_memory() -> None:
    """Raise ``UnreadableError`` where this process may not use as much as even a small run needs (``ulimit -v``)."""
    try:
        import resource
    except ImportError:  # Windows
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < LEAST_MEMORY:
        from stdconv.findings.registry import fault

        raise UnreadableError([fault("C0057", limit=limit >> 20, least=LEAST_MEMORY >> 20)])
