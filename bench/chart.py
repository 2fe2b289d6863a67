"""Draws the charts of docs/benchmarks.md with Vega-Altair: static SVG that is readable on light and on dark pages."""

from __future__ import annotations

from typing import Any

from figures import Document, by_file, figures

INK, PAPER, LINES = "#1f2328", "#ffffff", "#d0d7de"
DARK = {INK: "#e6edf3", PAPER: "#0d1117", LINES: "#3d444d"}
"""What the colours of text, background and grid become where dark pages are preferred."""
COLOURS = ["#3b82c4", "#d9822b", "#2f9e6e", "#a566c4"]
"""Of bars and lines: they stand out on both backgrounds."""
WIDTH, STEP = 420, 30
DRAWN = ("convert", "restore", "restore -m", "validate")


def of_cases(found: Document) -> str:
    """Return bars: times the pass-through of the same file, by the clock and in processor seconds."""
    import altair as alt

    bars = [
        {"case": f"{each.name} · {each.of}", "of": kind, "times": ratio}
        for each in by_file(figures(found))
        for kind, ratio in (("wall clock", each.ratio), ("processor seconds", each.processor_ratio))
        if each.name in DRAWN
    ]
    names = list(dict.fromkeys(bar["case"] for bar in bars))
    drawn = alt.Chart(alt.Data(values=bars), width=WIDTH, height=STEP * len(names)).mark_bar()
    drawn = drawn.encode(
        y=alt.Y("case:N", sort=names, title=None),
        yOffset=alt.YOffset("of:N", sort=["wall clock", "processor seconds"]),
        x=alt.X("times:Q", title="times polars' pass-through of the same file"),
        color=alt.Color("of:N", sort=["wall clock", "processor seconds"], title=None),
    )
    return _svg(drawn)


def of_series(found: Document) -> str:
    """Return lines: seconds and MiB by the number of records, both axes logarithmic."""
    import altair as alt

    points: list[dict[str, Any]] = [
        {"line": f"{each.name}, {each.file}", "records": each.count, "seconds": each.seconds, "MiB": each.memory}
        for each in figures(found)
    ]
    data = alt.Data(values=points)
    counts = sorted({each["records"] for each in points})
    sides = [
        alt.Chart(data, width=WIDTH * 2 // 3)
        .mark_line(point=True)
        .encode(
            x=alt.X("records:Q", scale=alt.Scale(type="log"), axis=alt.Axis(values=counts, format="~s")),
            y=alt.Y(f"{what}:Q", scale=alt.Scale(type="log")),
            color=alt.Color("line:N", title=None),
        )
        for what in ("seconds", "MiB")
    ]
    return _svg(alt.hconcat(*sides))


def _svg(drawn: Any) -> str:
    """Return a chart as SVG, with our colours and a style for dark pages."""
    import vl_convert

    axis = {"labelColor": INK, "titleColor": INK, "gridColor": LINES, "domainColor": LINES, "tickColor": LINES}
    styled = drawn.configure(
        background=PAPER,
        axis={**axis, "labelLimit": 300},
        legend={"labelColor": INK, "orient": "bottom", "columns": 2, "labelLimit": 300},
        view={"stroke": LINES},
        range={"category": COLOURS},
    )
    svg = vl_convert.vegalite_to_svg(styled.to_dict())
    kinds = [(kind, light, dark) for light, dark in DARK.items() for kind in ("fill", "stroke")]
    rules = "".join(f'[{kind}="{light}"]{{{kind}:{dark}}}' for kind, light, dark in kinds)
    head, mark, rest = svg.partition(">")
    return f"{head}{mark}<style>@media(prefers-color-scheme:dark){{{rules}}}</style>{rest}\n"
