"""Other processes: new ones work, and one that was forked after stdconv was used says so instead of waiting for ever."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
from functools import partial

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import stdconv

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

A, LINK = "vendor-a/resident-link", "resident-link/1.0"

FORKED = f"""
import json, os, sys
import stdconv

use, *names = sys.argv[1:]
calls = {{
    "load_mapping": lambda: stdconv.load_mapping({A!r}),
    "load_schema": lambda: stdconv.load_schema({LINK!r}),
    "sample": lambda: stdconv.sample({A!r}, 3, 1),
    "convert": lambda: stdconv.convert(stdconv.sample({A!r}, 3, 1), {A!r}),
    "verify": lambda: stdconv.verify("none"),
    "sweep": lambda: stdconv.sweep("."),
    "lint": lambda: stdconv.lint({A!r}),
    "convert_file": lambda: stdconv.convert_file("none", {A!r}, "none"),
}}
if use != "nothing":
    calls[use]()
found = {{}}
for name in names:
    read, write = os.pipe()
    if os.fork() == 0:
        try:
            calls[name]()
            said = "done"
        except stdconv.StdconvError as error:
            said = error.faults[0].code
        os.write(write, said.encode())
        os._exit(0)
    os.close(write)
    os.wait()
    found[name] = os.read(read, 1000).decode()
print(json.dumps(found))
"""


def forked(use: str, *names: str) -> object:
    """Return what each of these functions does in a fork of its own of a process that has done ``use``."""
    done = subprocess.run(
        [sys.executable, "-c", FORKED, use, *names], capture_output=True, check=True, encoding="utf-8", timeout=120
    )
    return json.loads(done.stdout)


def test_a_process_that_was_forked_after_use_is_refused() -> None:
    names = ("load_mapping", "load_schema", "sample", "convert", "verify", "sweep", "lint", "convert_file")
    assert forked("load_mapping", *names) == dict.fromkeys(names, "C0090")


def test_a_process_that_was_forked_after_import_alone_works() -> None:
    assert forked("nothing", "convert") == {"convert": "done"}


def test_new_processes_convert_with_a_plan_that_they_are_sent() -> None:
    plan = stdconv.load_mapping(A)
    legacy = stdconv.sample(plan, 20, 1)
    here = stdconv.convert(legacy, plan)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        there = pool.map(partial(stdconv.convert, mapping=plan), [legacy, legacy.head(5)])
        refused = pool.apply_async(stdconv.convert, (pl.DataFrame(), plan))
        with pytest.raises(stdconv.DefinitionError, match="C0091"):
            refused.get()
        pool.close()
        pool.join()
    assert_frame_equal(there[0].standard, here.standard)
    assert [len(each.standard) for each in there] == [20, 5]
