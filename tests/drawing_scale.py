"""Draws what there is past one machine as SVG: who asks whom for what, readers at the top."""

from collections.abc import Iterator
from html import escape
from textwrap import wrap
from typing import NamedTuple

from drawing import LETTER, PADDING, TEXT_SIZE, box, head

SCALE_PICTURE = "docs/scale.svg"
_HEIGHT = 624
_TITLE = "Past one machine"


class Part(NamedTuple):
    """Something that runs or keeps: what it is called, what it does, and where it is drawn."""

    name: str
    said: str
    left: int
    top: int
    width: int
    height: int


class Way(NamedTuple):
    """Who asks whom for what; a line from one point to another, with words beside its middle."""

    who: str
    whom: str
    words: str
    start: tuple[int, int]
    end: tuple[int, int]


PARTS = (
    Part("Readers", "programs and people, who poll", 280, 16, 340, 58),
    Part("CDN", "keeps what is fresh, and all else while the rest is away", 240, 122, 420, 58),
    Part("Servers", "feeds serve --no-reload: any number, without a state of their own", 40, 236,
         330, 76),
    Part("Bucket: output", "what is published, and the record that commits it", 530, 236, 330, 76),
    Part("Builders", "feeds serve: one publishes, the others wait for its place", 40, 394, 230, 94),
    Part("PostgreSQL", "the catalog, the jobs, the lock and the token of who publishes", 350, 394,
         200, 94),
    Part("Workers", "feeds worker: any number, that read documents", 630, 394, 230, 94),
    Part("Bucket: corpus", "the documents, as their authors put them there", 40, 548, 820, 58),
)  # fmt: skip
WAYS = (
    Way("Readers", "CDN", "ask for feeds", (450, 74), (450, 122)),
    Way("CDN", "Servers", "asks, when it has none that is fresh", (300, 180), (260, 236)),
    Way("CDN", "Bucket: output", "or asks the store", (600, 180), (640, 236)),
    Way("Servers", "Bucket: output", "read by the manifest", (370, 274), (530, 274)),
    Way("Builders", "Bucket: output", "write under conditions", (230, 394), (640, 312)),
    Way("Builders", "PostgreSQL", "lock, jobs", (270, 440), (350, 440)),
    Way("Workers", "PostgreSQL", "take jobs", (630, 440), (550, 440)),
    Way("Builders", "Bucket: corpus", "list", (155, 488), (155, 548)),
    Way("Workers", "Bucket: corpus", "read what has changed", (700, 488), (700, 548)),
)


def scale_picture() -> str:
    """Draw it."""
    drawn = list(head(_HEIGHT, _TITLE, said()))
    for way in WAYS:
        drawn += _way(way)
    for part in PARTS:
        drawn += box(_lines(part), part.left, part.top, part.width, part.height)
    return "\n".join([*drawn, "</svg>\n"])


def said() -> str:
    """Say what the picture shows."""
    parts = [f"{part.name}: {part.said}." for part in PARTS]
    ways = [f"{way.who} → {way.whom}: {way.words}." for way in WAYS]
    return "\n".join([*parts, *ways])


def _lines(part: Part) -> list[tuple[str, str]]:
    letters = int((part.width - 2 * PADDING) / (TEXT_SIZE * LETTER))
    return [("name", part.name), *(("", line) for line in wrap(part.said, letters))]


def _way(way: Way) -> Iterator[str]:
    """Draw an arrow from who asks to whom, with what he asks beside it."""
    (left, top), (right, bottom) = way.start, way.end
    yield f'<path class="way" d="M{left} {top}L{right} {bottom}"/>'
    length = ((right - left) ** 2 + (bottom - top) ** 2) ** 0.5
    across, down = (right - left) / length, (bottom - top) / length
    back, half = 12, 6
    at_x, at_y = right - back * across, bottom - back * down
    corners = [
        (right, bottom),
        (at_x - half * down, at_y + half * across),
        (at_x + half * down, at_y - half * across),
    ]
    points = "L".join(f"{x:.1f} {y:.1f}" for x, y in corners)
    yield f'<path class="head" d="M{points}z"/>'
    x, y = (left + right) / 2, (top + bottom) / 2
    # Beside it where it is steep, above where it is level, and below where it is neither.
    if top == bottom:
        anchor, y = "middle", y - 8
    else:
        anchor, x, y = "start", x + 12, y + (18 if abs(across) > abs(down) else 6)
    yield f'<text text-anchor="{anchor}" x="{x:g}" y="{y:g}">{escape(way.words)}</text>'
