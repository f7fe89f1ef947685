"""The picture of the house is whole: every room is in it, for those too who do not see it."""

import xml.etree.ElementTree as ET

from cli_tools import ROOT
from drawing import PICTURE, floors, picture

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = ET.fromstring(picture())  # noqa: S314 - it is our own


def test_every_package_is_a_room_of_the_house() -> None:
    """Each package and module at the top of the program is drawn once, with what it is for."""
    found = {file.stem for file in (ROOT / "feeds").iterdir() if (file / "__init__.py").is_file()}
    rooms = [room for layer in floors() for room in layer]
    assert {room.name for room in rooms} == found | {"errors"}
    names = [text.text for text in DRAWN.iter(f"{SVG}text") if text.get("class") == "name"]
    assert names == [room.name for room in rooms]
    assert all(room.purpose for room in rooms)


def test_whoever_does_not_see_it_is_told() -> None:
    """The picture has a title and says all that it shows, and the page says what it is."""
    assert DRAWN.get("role") == "img"
    ids = [DRAWN.find(f"{SVG}{name}").get("id") for name in ("title", "desc")]  # type: ignore[union-attr]
    assert DRAWN.get("aria-labelledby") == " ".join(map(str, ids))
    said = DRAWN.findtext(f"{SVG}desc") or ""
    assert all(f"{room.name}: {room.purpose}" in said for layer in floors() for room in layer)
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    assert f"]({PICTURE.removeprefix('docs/')})" in page


def test_it_is_dark_where_the_screen_is_and_needs_nothing_else() -> None:
    """It has colours for dark screens, and nothing in it is fetched or run."""
    assert "prefers-color-scheme: dark" in (DRAWN.findtext(f"{SVG}style") or "")
    assert {element.tag.removeprefix(SVG) for element in DRAWN.iter()} == {
        *("svg", "title", "desc", "style"),
        *("rect", "text", "path"),
    }
