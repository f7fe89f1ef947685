"""Pictures of the pages of the sample corpus, small enough to be kept beside the documentation."""

import os
import struct
from pathlib import Path

from cli_tools import BASE_URL, ROOT
from sites import by_feeds, look, sample

PAGES = {"directory": "", "feed": "topics/ocean-science/", "help": "help/"}
SIZES = {360: 800, 1280: 900}
COLOURS = ("light", "dark")
MOST_BYTES = 150_000


def _at_an_address(folder: Path, _origin: str) -> list[object]:
    """Publish the sample where no port changes the pictures; nothing but links leads there."""
    return sample(folder, BASE_URL)


def test_pictures_are_taken(tmp_path: Path) -> None:
    """Each page has one for each size and colour, in SCREENSHOTS where that is set."""
    folder = (ROOT / os.environ["SCREENSHOTS"]) if "SCREENSHOTS" in os.environ else tmp_path
    with by_feeds(tmp_path, _at_an_address) as site:
        pictures = [
            {
                "url": f"{site.origin}/{path}",
                "width": width,
                "height": height,
                "colorScheme": colour,
                "file": str(folder / f"{name}-{width}-{colour}.png"),
            }
            for name, path in PAGES.items()
            for width, height in SIZES.items()
            for colour in COLOURS
        ]
        assert look("shoot", {"origin": site.origin, "pictures": pictures}) == len(pictures)
    for picture in pictures:
        data = Path(str(picture["file"])).read_bytes()
        assert struct.unpack(">II", data[16:24]) == (picture["width"], picture["height"])
        assert len(data) < MOST_BYTES, picture["file"]
