"""Many small frames through one session, beside one frame of all their records: CPU seconds of the work alone.

    python bench/fed.py [--chunks N] [--records N] [--by WAY] [MAPPING …]

Nothing here passes or fails by a time. Loading is not in it: the plan is the same one in all of them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable

import polars as pl

import stdconv

MAPPINGS = ("vendor-a/resident-link", "vendor-a/resident-basic")
RUNS = 3
Feed = Callable[[stdconv.Converter, list[pl.DataFrame]], Iterable[stdconv.Conversion]]


def at_once(session: stdconv.Converter, chunks: list[pl.DataFrame]) -> Iterable[stdconv.Conversion]:
    return [session.feed(pl.concat(chunks))]


def one_by_one(session: stdconv.Converter, chunks: list[pl.DataFrame]) -> Iterable[stdconv.Conversion]:
    return map(session.feed, chunks)


def together(session: stdconv.Converter, chunks: list[pl.DataFrame]) -> Iterable[stdconv.Conversion]:
    return session.feed_each(chunks)


WAYS: dict[str, Feed] = {"frame": at_once, "feed_each": together, "feed": one_by_one}


def seconds(plan: stdconv.Plan, chunks: list[pl.DataFrame], feed: Feed) -> float:
    """Return the CPU seconds of the quickest of some runs; all records must come out of each."""
    found = []
    for _ in range(RUNS):
        session, began = stdconv.Converter(plan), time.process_time()
        records = sum(each.counts.read for each in feed(session, chunks))
        report = session.finish()
        found.append(time.process_time() - began)
        if not records == report.counts.read == sum(map(len, chunks)):
            raise RuntimeError("records were lost")
    return min(found)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure sessions that are fed small frames.")
    parser.add_argument("--chunks", type=int, default=200)
    parser.add_argument("--records", type=int, default=100, help="of each chunk")
    parser.add_argument("mappings", nargs="*", default=MAPPINGS)
    parser.add_argument("--by", choices=WAYS, action="append", help="only this way; first the one to compare with")
    options = parser.parse_args()
    for name in options.mappings:
        plan = stdconv.load_mapping(name)
        whole = stdconv.sample(plan, options.chunks * options.records, 1)
        chunks = list(whole.iter_slices(options.records))
        print(f"{name}, {options.chunks} frames of {options.records}")
        first = 0.0
        for way in options.by or WAYS:
            took = seconds(plan, chunks, WAYS[way])
            first = first or took
            print(
                f"  {way}: {took:.3f} s, {took / first:.1f} times the first, {1000 * took / len(chunks):.1f} ms a frame"
            )


if __name__ == "__main__":
    main()
