"""Posters: a motif and colours by strand, and lettering by its mood; SVG of less than 4 KB."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from textwrap import wrap

from pipelines.world.catalog import Catalog, Draft
from pipelines.world.patterns import MOTIFS
from pipelines.world.strands import Strand, strands
from pipelines.world.streams import stream
from recsys.schema import TitleType

LETTERING = {
    "sans": ("Helvetica,Arial,sans-serif", 700, 0.68, 0),
    "serif": ("Georgia,Times,serif", 700, 0.56, 0),
    "mono": ("Courier New,Courier,monospace", 700, 0.61, 0),
    "wide": ("Helvetica,Arial,sans-serif", 300, 0.68, 2),
    "script": ("Georgia,Times,serif", 400, 0.54, 0),
    "round": ("Verdana,Trebuchet MS,sans-serif", 800, 0.72, 0),
}
"""Family, weight, mean width of a letter in em, and letter spacing in pixels."""

ROOM = 176
"""Pixels that a line of lettering may take."""


def draw_posters(
    catalog: Catalog, directory: Path, seed: int, *, told: Callable[[int], None]
) -> None:
    """Write ``<title_id>.svg`` for everything but episodes, which share their series' poster."""
    directory.mkdir(parents=True)
    for draft in catalog.drafts:
        (directory / f"{draft.title_id}.svg").write_text(poster(draft, seed), encoding="utf-8")
        told(1)


def poster(draft: Draft, seed: int) -> str:
    """Draw one poster."""
    strand = strands()[draft.strand]
    rng = stream(seed, "poster", draft.title_id)
    back, *rest = strand.colours
    turn = int(rng.integers(3))
    picture = MOTIFS[strand.motif](rng, [back, *rest[turn:], *rest[:turn]])
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 300" role="img" '
        f'aria-label="{escape(draft.name)}"><rect width="200" height="300" fill="{back}"/>'
        f'{picture}<rect y="200" width="200" height="100" fill="{_dark(strand)}" fill-opacity=".82"/>'
        f"{_lettering(draft.name, strand)}{_footer(draft)}</svg>\n"
    )


def _lettering(name: str, strand: Strand) -> str:
    family, weight, em, spacing = LETTERING[strand.lettering]
    text = name.upper() if strand.lettering in {"sans", "wide"} else name
    lines = wrap(text, max(11, len(text) // 2 + 2 if len(text) < 26 else len(text) // 3 + 3))
    longest = max(map(len, lines))
    size = min(28.0, (ROOM / longest - spacing) / em, 66 / (1.1 * len(lines)))
    top = 240 - size * 1.1 * (len(lines) - 1) / 2 + size * 0.35
    slant = ' font-style="italic"' if strand.lettering == "script" else ""
    spaced = f' letter-spacing="{spacing}"' if spacing else ""
    spans = "".join(
        f'<text x="100" y="{top + row * size * 1.1:.1f}">{escape(line)}</text>'
        for row, line in enumerate(lines)
    )
    return (
        f'<g fill="#fff" text-anchor="middle" font-family="{family}" font-weight="{weight}" '
        f'font-size="{size:.1f}"{slant}{spaced}>{spans}</g>'
    )


def _footer(draft: Draft) -> str:
    label = " · ".join(draft.genres[:2])
    what = {TitleType.SERIES: "Series · ", TitleType.LIVE: "Live · "}.get(draft.kind, "")
    return (
        '<text x="100" y="290" text-anchor="middle" font-family="Helvetica,Arial,sans-serif" '
        f'font-size="8" fill="#fff" fill-opacity=".75">{escape(what + label)}</text>'
    )


def _dark(strand: Strand) -> str:
    """Return the strand's darkest colour, on which white lettering can be read."""
    return min(strand.colours, key=lambda c: sum(int(c[k : k + 2], 16) for k in (1, 3, 5)))
