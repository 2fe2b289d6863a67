"""Draws ``docs/town.svg``: the current residents among 100,000 records of the synthetic town, by age and sex."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import polars as pl

from stdconv.town import residents
from stdconv.town.days import TODAY, day, years_old

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docs" / "town.svg"
RECORDS, SEED = 100_000, 1

CENSUS = (
    *((4516, 488), (5089, 488), (5376, 488), (5706, 487), (6320, 487), (6384, 486), (6714, 489), (7498, 492)),
    *((8476, 493), (9868, 494), (8738, 496), (7940, 500), (7442, 506), (8236, 515), (9189, 527), (7065, 549)),
    *((5404, 583), (3742, 647), (1811, 730), (500, 820), (80, 880)),
)
"""The census of 2020 by five years of age, 100 and more last: thousands of persons, women among a thousand of them.

Assumed: from memory.
"""

WIDTH, HEIGHT, MIDDLE, TOP, YEAR, OLDEST = 760, 560, 380, 58, 4, 110
COLOURS = {"1": ("#4a78b0", "#1f3f66"), "2": ("#c4686a", "#75292b")}
"""Of men and women: Japanese residents, foreign residents."""

Ages = dict[tuple[str, str], Counter[int]]


def ages(records: int = RECORDS, seed: int = SEED) -> tuple[Ages, int]:
    """Count the current residents among the first ``records`` by 性別, 住民種別 and age; return all of them too."""
    counts: Ages = {(sex, kind): Counter() for sex in "12" for kind in "12"}
    left = records
    for frame in residents(seed):
        current = frame.head(left).filter(
            (pl.col("最新フラグ") == "1") & (pl.col("住民状態") == "1") & pl.col("生年月日").is_not_null()
        )
        for sex, kind, born in current.select("性別", "住民種別", "生年月日").iter_rows():
            counts[sex, kind][years_old(day(born), TODAY)] += 1
        left -= len(frame)
        if left <= 0:
            break
    return counts, sum(sum(counter.values()) for counter in counts.values())


def drawing(counts: Ages, total: int) -> str:
    """Return the pyramid as SVG: a bar for each year of age, and the outline of the census."""
    widest = max(counts[sex, "1"][age] + counts[sex, "2"][age] for sex in "12" for age in range(OLDEST))
    scale = (MIDDLE - 70) / widest
    svg = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img")
    ET.SubElement(svg, "title").text = "Residents of the synthetic town by age and sex"
    ET.SubElement(svg, "rect", width=str(WIDTH), height=str(HEIGHT), fill="#ffffff")
    _text(svg, 20, 24, f"{total:,} residents of a synthetic town, by age and sex", size=16)
    _text(svg, 20, 44, "dark: foreign residents (外国人住民) · line: shape of the census of 2020 (from memory)")
    for sex in COLOURS:
        for age in range(OLDEST):
            _bar(svg, age, sex, (counts[sex, "1"][age] * scale, counts[sex, "2"][age] * scale))
        _outline(svg, sex, scale * total / sum(count for count, _ in CENSUS))
    for age in range(0, OLDEST, 10):
        _text(svg, WIDTH - 34, _y(age) + YEAR, str(age))
        _text(svg, 14, _y(age) + YEAR, str(age))
    for sex, name, x in (("1", "men 男", 120), ("2", "women 女", WIDTH - 190)):
        _text(svg, x, TOP + 40, name, size=15, fill=COLOURS[sex][0])
    ET.indent(svg)
    return ET.tostring(svg, encoding="unicode") + "\n"


def _y(age: int) -> int:
    return HEIGHT - 30 - age * YEAR


def _bar(svg: ET.Element, age: int, sex: str, widths: tuple[float, float]) -> None:
    """Draw one year: the foreign residents next to the middle, the Japanese ones outside of them."""
    inner = 0.0
    for width, colour in zip(reversed(widths), reversed(COLOURS[sex]), strict=True):
        if width >= 0.1:
            x = MIDDLE + inner if sex == "2" else MIDDLE - inner - width
            size = {"width": f"{width:.1f}", "height": str(YEAR - 1)}
            ET.SubElement(svg, "rect", {"x": f"{x:.1f}", "y": str(_y(age)), "fill": colour} | size)
            inner += width


def _outline(svg: ET.Element, sex: str, scale: float) -> None:
    """Draw the steps of the census, a fifth of each five years for a year."""
    points = []
    for band, (count, women) in enumerate(CENSUS):
        share = women if sex == "2" else 1000 - women
        width = count * share / 1000 / 5 * scale * (1 if sex == "2" else -1)
        points += [f"{MIDDLE + width:.1f},{_y(age) + YEAR}" for age in (5 * band, 5 * band + 5)]
    ET.SubElement(svg, "polyline", points=" ".join(points), fill="none", stroke="#333333")


def _text(svg: ET.Element, x: int, y: int, text: str, *, size: int = 12, fill: str = "#333333") -> None:
    where = {"x": str(x), "y": str(y), "font-family": "sans-serif", "font-size": str(size), "fill": fill}
    ET.SubElement(svg, "text", where).text = text


def main() -> int:
    """Draw the pyramid and return the exit code."""
    FILE.write_text(drawing(*ages()), encoding="utf-8", newline="\n")
    print(f"wrote {FILE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
