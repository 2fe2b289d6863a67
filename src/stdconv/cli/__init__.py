"""The command line: ``main`` is the entry point."""

from stdconv.cli.entry import main

__all__ = ["main"]
