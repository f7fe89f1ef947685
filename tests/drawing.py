"""Draws the house as SVG: its floors and vendors from .importlinter, its words from docstrings.

The picture needs nothing else, says what it shows to those who do not see it, and is dark where
the reader's screen is.
"""

import ast
from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from cli_tools import ROOT

PICTURE = "docs/architecture.svg"
_CONTRACT = "importlinter:contract:"
_MARGIN, _GAP, _SIDE = 16, 8, 74
WIDTH = 900
LINE, PADDING, TEXT_SIZE = 17, 12, 13
# How wide a letter is at most on the average, of the size of a letter, in the fonts that there are.
LETTER = 0.54

_TITLE = "The floors of the house"
_SAID = "From the roof to the ground, each room with what it is for; imports go down only."
STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #222 }
.name { font-weight: 600; font-size: 15px }
.vendor { fill: #575757; font-style: italic }
.ground { fill: #f6f4ee }
.room { fill: #fff; stroke: #b9b3a3 }
.way { fill: none; stroke: #8a6d1f; stroke-width: 2 }
.head { fill: #8a6d1f }
@media (prefers-color-scheme: dark) {
  text { fill: #e8e6e0 }
  .vendor { fill: #b5b0a4 }
  .ground { fill: #1c1b19 }
  .room { fill: #282723; stroke: #57534a }
  .way { stroke: #d9b650 }
  .head { fill: #d9b650 }
}
"""


@dataclass(frozen=True)
class Room:
    """A package of a floor: its name, what it is for, and the libraries that it knows."""

    name: str
    purpose: str
    vendors: tuple[str, ...]


def floors() -> list[list[Room]]:
    """Give the rooms of every floor, from the roof to the ground."""
    contracts = _contracts()
    layers = contracts["floors"]["layers"].split("\n")
    named = [[name.strip() for name in layer.split("|")] for layer in layers if layer.strip()]
    # How Python calls the roof is no floor of its own.
    return [[_room(name, contracts) for name in layer] for layer in named if layer != ["__main__"]]


def _contracts() -> dict[str, dict[str, str]]:
    parser = ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    sections = [name for name in parser.sections() if name.startswith(_CONTRACT)]
    return {name.removeprefix(_CONTRACT): dict(parser[name]) for name in sections}


def _room(name: str, contracts: dict[str, dict[str, str]]) -> Room:
    folder = ROOT / "feeds" / name
    file = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    vendors = [
        vendor
        for vendor, contract in contracts.items()
        if contract["type"] == "protected"
        and any(place.split(".")[1] == name for place in contract["allowed_importers"].split())
    ]
    return Room(name, said.partition("\n")[0].removesuffix("."), tuple(vendors))


# --- The picture --------------------------------------------------------------------------


def picture() -> str:
    """Draw the house."""
    parts, top = [], _MARGIN
    for rooms in floors():
        width = (WIDTH - 2 * _SIDE - _GAP * (len(rooms) - 1)) / len(rooms)
        lines = [_lines(room, width) for room in rooms]
        height = 2 * PADDING + LINE * max(map(len, lines))
        for number, room in enumerate(lines):
            left = _SIDE + number * (width + _GAP)
            parts += box(room, left, top, width, height)
        top += height + _GAP
    bottom = top - _GAP
    parts += _way(_SIDE / 2, bottom, _MARGIN, "documents become feeds")
    parts += _way(WIDTH - _SIDE / 2, _MARGIN, bottom, "imports go down only")
    return "\n".join([*head(bottom + _MARGIN, _TITLE, _said()), *parts, "</svg>\n"])


def head(height: float, title: str, said: str) -> list[str]:
    """Begin a picture of this height, with what is told to those who do not see it."""
    look = f'viewBox="0 0 {WIDTH} {height:g}" role="img" aria-labelledby="title said"'
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" {look}>',
        f'<title id="title">{title}</title>',
        f'<desc id="said">{escape(said)}</desc>',
        f"<style>\n{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{height:g}" rx="8"/>',
    ]


def _said() -> str:
    """Say what the picture shows."""
    told = [" | ".join(f"{room.name}: {room.purpose}" for room in rooms) for rooms in floors()]
    return "\n".join([_SAID, *told])


def _lines(room: Room, width: float) -> list[tuple[str, str]]:
    """Give the lines of a room, each with its class."""
    letters = int((width - 2 * PADDING) / (TEXT_SIZE * LETTER))
    lines = [("name", room.name)]
    lines += [("", line) for line in wrap(room.purpose.replace("`", ""), letters)]
    if room.vendors:
        lines += [("vendor", line) for line in wrap(f"knows {', '.join(room.vendors)}", letters)]
    return lines


def box(
    lines: Sequence[tuple[str, str]], left: float, top: float, width: float, height: float
) -> Iterator[str]:
    """Draw a room with its lines, each with its class."""
    size = f'width="{width:g}" height="{height:g}"'
    yield f'<rect class="room" x="{left:g}" y="{top:g}" {size} rx="5"/>'
    for number, (kind, line) in enumerate(lines):
        y = top + PADDING + LINE * number + TEXT_SIZE
        attribute = f' class="{kind}"' if kind else ""
        yield f'<text{attribute} x="{left + PADDING:g}" y="{y:g}">{escape(line)}</text>'


def _way(x: float, start: float, end: float, words: str) -> Iterator[str]:
    """Draw an arrow along a side of the house, and say beside it what goes that way."""
    back = 12 if end < start else -12
    yield f'<path class="way" d="M{x:g} {start:g}V{end + back:g}"/>'
    yield f'<path class="head" d="M{x - 6:g} {end + back:g}h12L{x:g} {end:g}z"/>'
    middle = (start + end) / 2
    side = -10 if end < start else 18
    yield (
        f'<text text-anchor="middle" transform="translate({x + side:g} {middle:g}) rotate(-90)">'
        f"{escape(words)}</text>"
    )
