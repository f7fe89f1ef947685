"""The page on what is past one machine: its picture is whole, and its arithmetic comes out."""

import re
import xml.etree.ElementTree as ET

import pytest
from cli_tools import ROOT
from drawing import LETTER, PADDING, TEXT_SIZE, WIDTH
from drawing_scale import PARTS, SCALE_PICTURE, WAYS, said, scale_picture

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = ET.fromstring(scale_picture())  # noqa: S314 - it is our own
PAGE = (ROOT / "docs/scale.md").read_text(encoding="utf-8")
TIMES = "\N{MULTIPLICATION SIGN}"
# Rows of tables with a sum, such as 4 / 2, and what it comes to, last.
SUMS = re.findall(
    rf"^\|[^|\n]*\| ([\d.,]+(?: [{TIMES}/+] [\d.,]+)+)[^|\n]*\| ([\d.,]+) \|$", PAGE, re.MULTILINE
)


def test_whoever_does_not_see_the_picture_is_told() -> None:
    """It has a title and says all that it shows, and the page has it."""
    assert DRAWN.get("role") == "img"
    told = DRAWN.findtext(f"{SVG}desc") or ""
    assert told == said()
    assert all(part.name in told for part in PARTS)
    assert f"]({SCALE_PICTURE.removeprefix('docs/')})" in PAGE


def test_each_way_leads_from_one_part_to_another() -> None:
    """Its ends are at the edges of those whom it names."""
    places = {part.name: part for part in PARTS}
    for way in WAYS:
        for name, (x, y) in ((way.who, way.start), (way.whom, way.end)):
            part = places[name]
            right, bottom = part.left + part.width, part.top + part.height
            is_level = x in {part.left, right} and part.top <= y <= bottom
            is_upright = y in {part.top, bottom} and part.left <= x <= right
            assert is_level or is_upright, (way.words, name)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_words_fit_into_a_part(part: object) -> None:
    """Nothing is written over an edge, and no part is over that of the picture."""
    assert isinstance(part, type(PARTS[0]))
    assert 0 < part.left < part.left + part.width < WIDTH
    texts = [
        text
        for text in DRAWN.iter(f"{SVG}text")
        if text.get("text-anchor") is None
        and part.left <= float(text.get("x", 0)) <= part.left + part.width
        and part.top <= float(text.get("y", 0)) - TEXT_SIZE <= part.top + part.height
    ]
    assert texts[0].text == part.name
    for text in texts:
        assert float(text.get("y", 0)) <= part.top + part.height - PADDING / 2, part.name
        assert len(text.text or "") * TEXT_SIZE * LETTER <= part.width - PADDING, part.name


def number(text: str) -> float:
    return float(text.replace(",", ""))


@pytest.mark.parametrize(("terms", "result"), SUMS)
def test_sums_come_out(terms: str, result: str) -> None:
    """What a row multiplies, divides and adds is what it says, but for the last digit."""
    worked = eval(terms.replace(",", "").replace(TIMES, "*"))  # noqa: S307 - digits and signs alone
    assert float(worked) == pytest.approx(number(result), rel=0.02)


def test_there_are_sums() -> None:
    """They are found where the page has them."""
    assert len(SUMS) > 10
