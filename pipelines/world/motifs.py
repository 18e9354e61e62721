"""What is drawn behind a poster's lettering: each motif fills 200 x 300 from a few random numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

WIDTH, HEIGHT = 200, 300
Motif = Callable[[np.random.Generator, Sequence[str]], str]


def peaks(rng: np.random.Generator, colours: Sequence[str]) -> str:
    """Draw three ranges of mountains under a moon."""
    x, y, r = rng.integers(30, 170), rng.integers(40, 110), rng.integers(14, 34)
    parts = [f'<circle cx="{x}" cy="{y}" r="{r}" fill="{colours[3]}"/>']
    for depth, colour in enumerate((colours[2], colours[1], colours[0])):
        base = 130 + 45 * depth
        heights = base - rng.integers(0, 60, 8)
        points = " ".join(f"{i * 29},{h}" for i, h in enumerate(heights))
        parts.append(f'<polygon points="0,300 {points} 203,300" fill="{colour}"/>')
    return "".join(parts)


def towers(rng: np.random.Generator, colours: Sequence[str]) -> str:
    """Draw a skyline with a few lit windows."""
    parts, x = [f'<circle cx="150" cy="{rng.integers(40, 90)}" r="26" fill="{colours[2]}"/>'], 0
    while x < WIDTH:
        w, top = int(rng.integers(16, 34)), int(rng.integers(90, 210))
        parts.append(
            f'<rect x="{x}" y="{top}" width="{w - 2}" height="{300 - top}" fill="{colours[1]}"/>'
        )
        for _ in range(3):
            wx, wy = x + rng.integers(3, w - 7), top + rng.integers(6, 80)
            parts.append(f'<rect x="{wx}" y="{wy}" width="4" height="6" fill="{colours[2]}"/>')
        x += w
    return "".join(parts)


def rays(rng: np.random.Generator, colours: Sequence[str]) -> str:
    """Draw beams that leave one point, and a target."""
    x, y = rng.integers(40, 160), rng.integers(70, 150)
    n, turn = int(rng.integers(9, 16)), rng.random()
    angles = (np.arange(2 * n) + turn) * np.pi / n
    ends = [(x + 420 * np.cos(a), y + 420 * np.sin(a)) for a in angles]
    beams = "".join(
        f"M{x} {y}L{a[0]:.0f} {a[1]:.0f} {b[0]:.0f} {b[1]:.0f}Z"
        for a, b in zip(ends[::2], ends[1::2], strict=True)
    )
    return (
        f'<path d="{beams}" fill="{colours[1]}"/><circle cx="{x}" cy="{y}" r="36" fill="{colours[0]}"/>'
        f'<circle cx="{x}" cy="{y}" r="26" fill="none" stroke="{colours[2]}" stroke-width="6"/>'
        f'<circle cx="{x}" cy="{y}" r="8" fill="{colours[3]}"/>'
    )


def orbits(rng: np.random.Generator, colours: Sequence[str]) -> str:
    """Draw a planet, its rings and stars."""
    stars = "".join(
        f'<circle cx="{x}" cy="{y}" r="{r:.1f}"/>'
        for x, y, r in zip(
            rng.integers(0, 200, 26),
            rng.integers(0, 300, 26),
            rng.uniform(0.4, 1.6, 26),
            strict=True,
        )
    )
    x, y, r = rng.integers(60, 140), rng.integers(80, 150), rng.integers(26, 50)
    tilt = rng.integers(-40, 40)
    rings = "".join(
        f'<ellipse cx="{x}" cy="{y}" rx="{r * k:.0f}" ry="{r * k / 3:.0f}" fill="none" '
        f'stroke="{colours[2]}" stroke-opacity=".{9 - step * 2}" transform="rotate({tilt} {x} {y})"/>'
        for step, k in enumerate((1.5, 1.9, 2.4, 3.1))
    )
    return (
        f'<g fill="#fff" fill-opacity=".8">{stars}</g><circle cx="{x}" cy="{y}" r="{r}" fill="{colours[3]}"/>'
        f'<path d="M{x} {y - r}a{r} {r} 0 0 1 0 {2 * r}a{r * 1.6:.0f} {r * 1.6:.0f} 0 0 0 0 {-2 * r}Z" '
        f'fill="{colours[1]}" fill-opacity=".55"/>{rings}'
    )


def grid(rng: np.random.Generator, colours: Sequence[str]) -> str:
    """Draw a floor of lines towards a horizon, with a split sun."""
    horizon = int(rng.integers(130, 175))
    rows = [horizon + 4 + k * k for k in range(12) if horizon + 4 + k * k < HEIGHT]
    lines = "".join(f"M0 {y}H200" for y in rows)
    lines += "".join(f"M{100 + k * 8} {horizon}L{100 + k * 60} 300" for k in range(-8, 9))
    x, r = rng.integers(70, 130), rng.integers(34, 54)
    bars = "".join(
        f'<rect x="0" y="{horizon - 6 * k - 4}" width="200" height="{max(1, 5 - k)}" fill="{colours[0]}"/>'
        for k in range(5)
    )
    return (
        f'<circle cx="{x}" cy="{horizon - r // 3}" r="{r}" fill="{colours[2]}"/>{bars}'
        f'<rect y="{horizon}" width="200" height="200" fill="{colours[1]}"/>'
        f'<path d="{lines}" stroke="{colours[3]}" stroke-opacity=".6" fill="none"/>'
    )


def spires(rng: np.random.Generator, colours: Sequence[str]) -> str:
    """Draw a castle before a great moon."""
    x, r = rng.integers(70, 130), rng.integers(52, 74)
    parts = [f'<circle cx="{x}" cy="115" r="{r}" fill="{colours[2]}"/>']
    for k in range(7):
        left, w, top = 14 + k * 25, int(rng.integers(14, 24)), int(rng.integers(100, 190))
        parts.append(
            f'<path d="M{left} 300V{top}L{left + w / 2} {top - w * 2}L{left + w} {top}V300Z" fill="{colours[1 if k % 2 else 0]}"/>'
        )
    return "".join(parts)


def arches(rng: np.random.Generator, colours: Sequence[str]) -> str:
    """Draw doors within doors, a light behind the last."""
    x, parts = int(rng.integers(80, 120)), []
    for k in range(6):
        w, top = 92 - 15 * k + int(rng.integers(-3, 4)), 30 + 22 * k
        colour = colours[(0, 1)[k % 2]] if k < 5 else colours[2]
        parts.append(
            f'<path d="M{x - w} 300V{top + w}a{w} {w} 0 0 1 {2 * w} 0V300Z" fill="{colour}"/>'
        )
    eyes = int(rng.integers(190, 215))
    parts += [
        f'<circle cx="{x + s * 5}" cy="{eyes}" r="1.8" fill="{colours[3]}"/>' for s in (-1, 1)
    ]
    return "".join(parts)


def bloom(rng: np.random.Generator, colours: Sequence[str]) -> str:
    """Draw three flowers of many petals."""
    parts = []
    for colour, size in zip((colours[1], colours[2], colours[3]), (62, 46, 30), strict=True):
        x, y, n = rng.integers(30, 170), rng.integers(40, 190), int(rng.integers(6, 11))
        petals = "".join(
            f'<ellipse cx="{x}" cy="{y - size // 2}" rx="{size // 4}" ry="{size // 2}" '
            f'transform="rotate({k * 360 // n} {x} {y})"/>'
            for k in range(n)
        )
        parts.append(
            f'<g fill="{colour}" fill-opacity=".85">{petals}</g>'
            f'<circle cx="{x}" cy="{y}" r="{size // 5}" fill="{colours[0]}"/>'
        )
    return "".join(parts)


def waves(rng: np.random.Generator, colours: Sequence[str]) -> str:
    """Draw rolling bands under a low sun."""
    x, y = rng.integers(40, 160), rng.integers(60, 110)
    parts = [f'<circle cx="{x}" cy="{y}" r="{rng.integers(22, 40)}" fill="{colours[3]}"/>']
    for k in range(5):
        top, lift = 110 + 34 * k, int(rng.integers(14, 34))
        colour = colours[(2, 1)[k % 2]] if k < 4 else colours[0]
        parts.append(
            f'<path d="M0 {top}q50 {-lift} 100 0t100 0V300H0Z" fill="{colour}" fill-opacity=".9"/>'
        )
    return "".join(parts)
