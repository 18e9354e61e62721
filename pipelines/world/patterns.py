"""The other half of the motifs: tiles, contours, creatures and bars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipelines.world import motifs
from pipelines.world.motifs import Motif


def tiles(rng: np.random.Generator, colours: Sequence[str]) -> str:
    """Draw quarter circles in a grid, turned at random."""
    parts = []
    for row in range(4):
        for column in range(4):
            x, y, turn = column * 50, row * 50, 90 * int(rng.integers(4))
            colour = colours[1 + int(rng.integers(3))]
            parts.append(
                f'<path d="M{x} {y}h50a50 50 0 0 1 -50 50Z" fill="{colour}" '
                f'transform="rotate({turn} {x + 25} {y + 25})"/>'
            )
    return "".join(parts)


def contours(rng: np.random.Generator, colours: Sequence[str]) -> str:
    """Draw the height lines of a hill that nobody has climbed."""
    x, y = rng.integers(60, 140), rng.integers(80, 150)
    angles = np.linspace(0, 2 * np.pi, 10, endpoint=False)
    wobble, parts = rng.uniform(0.7, 1.3, 10), []
    for step in range(6):
        radius = (150 - 24 * step) * wobble ** (1 - step / 8)
        points = " ".join(
            f"{x + r * np.cos(a):.0f},{y + r * np.sin(a):.0f}"
            for r, a in zip(radius, angles, strict=True)
        )
        colour = colours[1 if step % 2 else 2] if step < 5 else colours[3]
        parts.append(
            f'<polygon points="{points}" fill="{colour}" stroke="{colours[0]}" stroke-linejoin="round" '
            'stroke-width="5" fill-opacity=".8"/>'
        )
    return "".join(parts)


def creatures(rng: np.random.Generator, colours: Sequence[str]) -> str:
    """Draw round animals with ears and eyes, looking at you."""
    parts = [f'<ellipse cx="100" cy="300" rx="150" ry="110" fill="{colours[2]}"/>']
    for k, colour in enumerate(rng.permutation(list(colours[1:]))[: int(rng.integers(2, 4))]):
        x, y, r = 50 + 52 * k, int(rng.integers(110, 170)), int(rng.integers(26, 42))
        ears = "".join(
            f'<circle cx="{x + s * r * 0.7:.0f}" cy="{y - r * 0.8:.0f}" r="{r // 3}"/>'
            for s in (-1, 1)
        )
        eyes = "".join(
            f'<circle cx="{x + s * r // 3}" cy="{y - 4}" r="6" fill="#fff"/>'
            f'<circle cx="{x + s * r // 3}" cy="{y - 3}" r="3" fill="#222"/>'
            for s in (-1, 1)
        )
        parts.append(
            f'<g fill="{colour}">{ears}<circle cx="{x}" cy="{y}" r="{r}"/></g>{eyes}'
            f'<path d="M{x - 7} {y + 10}q7 8 14 0" stroke="#222" stroke-width="2" fill="none"/>'
        )
    return "".join(parts)


def bars(rng: np.random.Generator, colours: Sequence[str]) -> str:
    """Draw the levels of a song."""
    levels = 40 + 130 * np.abs(np.sin(np.arange(14) * rng.uniform(0.3, 1.2) + rng.uniform(0, 6)))
    return "".join(
        f'<rect x="{6 + k * 14}" y="{200 - level:.0f}" width="9" height="{level:.0f}" rx="4" '
        f'fill="{colours[1 + k % 3]}"/>'
        for k, level in enumerate(levels)
    )


MOTIFS: dict[str, Motif] = {
    "peaks": motifs.peaks,
    "towers": motifs.towers,
    "rays": motifs.rays,
    "orbits": motifs.orbits,
    "grid": motifs.grid,
    "spires": motifs.spires,
    "arches": motifs.arches,
    "bloom": motifs.bloom,
    "waves": motifs.waves,
    "tiles": tiles,
    "contours": contours,
    "creatures": creatures,
    "bars": bars,
}
