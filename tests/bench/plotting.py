"""A plot of lines over logarithmic axes, as SVG that needs nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 860, 520
LEFT, RIGHT, TOP, BOTTOM = 80, 250, 50, 50
_LOOK = 'role="img" aria-labelledby="title" font-family="sans-serif" font-size="12"'
COLOURS = ("#1b4f8f", "#c0392b", "#1e8449", "#7d3c98", "#b9770e", "#117a65", "#5d6d7e")


@dataclass(frozen=True)
class Line:
    """A line with its name; its points are of x and y."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class _Axes:
    lowest: tuple[int, int]
    highest: tuple[int, int]

    def x(self, value: float) -> float:
        share = (log10(value) - self.lowest[0]) / (self.highest[0] - self.lowest[0])
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        share = (log10(max(value, 10 ** self.lowest[1])) - self.lowest[1]) / (
            self.highest[1] - self.lowest[1]
        )
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def plot(title: str, lines: Sequence[Line]) -> str:
    """Draw lines, each named at its end; what is less than one is drawn as one."""
    axes = _axes(lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {_LOOK}>',
        f'<title id="title">{escape(title)}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="24" font-size="15">{escape(title)}</text>',
        *_grid(axes),
        *_lines(axes, lines),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _axes(lines: Sequence[Line]) -> _Axes:
    columns = [[point[side] for line in lines for point in line.points] for side in (0, 1)]
    lowest = [floor(log10(max(1, min(column)))) for column in columns]
    highest = [ceil(log10(max(column))) for column in columns]
    most = (max(highest[0], lowest[0] + 1), max(highest[1], lowest[1] + 1))
    return _Axes((lowest[0], lowest[1]), most)


def _grid(axes: _Axes) -> Iterator[str]:
    for exponent in range(axes.lowest[0], axes.highest[0] + 1):
        x = axes.x(10**exponent)
        yield f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>'
        yield f'<text x="{x:.1f}" y="{HEIGHT - 28}" text-anchor="middle">{10**exponent:,}</text>'
    for exponent in range(axes.lowest[1], axes.highest[1] + 1):
        y = axes.y(10**exponent)
        yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10**exponent:,}</text>'
    middle = (LEFT + WIDTH - RIGHT) / 2
    yield f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">documents</text>'


def _lines(axes: _Axes, lines: Sequence[Line]) -> Iterator[str]:
    heights: list[float] = []
    ordered = sorted(lines, key=lambda line: line.points[-1][1], reverse=True)
    for line, colour in zip(ordered, COLOURS, strict=False):
        points = " ".join(f"{axes.x(x):.1f},{axes.y(y):.1f}" for x, y in line.points)
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        # Names are below each other also where lines end at one height.
        height = max([axes.y(line.points[-1][1]) + 4, *(each + 15 for each in heights[-1:])])
        heights.append(height)
        x = WIDTH - RIGHT + 8
        yield f'<text x="{x}" y="{height:.1f}" fill="{colour}">{escape(line.name)}</text>'
