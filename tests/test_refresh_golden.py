"""A small corpus with a bit of everything, and all that is published of it, byte by byte.

When something is meant to come out otherwise, `python tests/test_refresh_golden.py` writes the
expected files anew; the difference is then to be read, not only committed. Our own version
stands in feeds: it is taken out on both sides, and with it what the manifest says of bytes.
"""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import feedparser
import pytest
from conftest import Workshop, files_of
from feed_rules import complaints

from feeds import __version__

GOLDEN = Path(__file__).parent / "data" / "golden"
NOW = datetime(2026, 10, 6, tzinfo=UTC)
OF_BYTES = ("sha256", "size", "etag")


def built(root: Path) -> Workshop:
    """Build the corpus below a directory."""
    workshop = Workshop(root)
    shutil.copytree(GOLDEN / "corpus", workshop.corpus, dirs_exist_ok=True)
    workshop.configure((GOLDEN / "feeds.yaml").read_text(encoding="utf-8"))
    workshop.build(NOW)
    return workshop


def published(workshop: Workshop) -> dict[str, bytes]:
    """Give what is published as any version of ours would publish it."""
    named = [f'version="{__version__}"', f"<generator>feeds {__version__}<"]
    files = workshop.files()
    for words in named:
        anyones = words.replace(__version__, "0.0.0").encode()
        files = {path: body.replace(words.encode(), anyones) for path, body in files.items()}
    manifest = json.loads(files["manifest.json"])
    for resource in manifest["resources"]:
        for name in OF_BYTES:
            del resource[name]
    files["manifest.json"] = json.dumps(manifest, indent=1).encode() + b"\n"
    return files


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Give a workshop in which the corpus was built."""
    return built(tmp_path_factory.mktemp("golden") / "workshop")


def test_the_publication_keeps_the_validators_rules(workshop: Workshop) -> None:
    """No rule of the W3C's validator, its warnings included, or of JSON Feed is broken."""
    for path, body in workshop.files().items():
        if path != "manifest.json" and not path.endswith((".html", ".css", ".js")):
            assert complaints(body, f"https://harbour.example/feeds/{path}") == [], path


def test_the_publication_is_what_is_expected(workshop: Workshop) -> None:
    """Every file is there, none besides, and each has the bytes that it should have."""
    expected, found = files_of(GOLDEN / "output"), published(workshop)
    assert found.keys() == expected.keys()
    for path, body in expected.items():
        assert found[path].decode() == body.decode(), path


def test_readers_understand_every_feed_and_find_the_same_in_each_format(
    workshop: Workshop,
) -> None:
    """No feed has a fault for feedparser, and all three formats have the same ids in one order.

    Archives are in one format only.
    """
    for path in workshop.files():
        stem, _, suffix = path.rpartition(".")
        if suffix in {"atom", "rss"}:
            parsed = feedparser.parse((workshop.output / path).read_bytes())
            assert not parsed.bozo, path
            if "/archive/" in path:
                continue
            ids = [item["id"] for item in workshop.feed(stem)["items"]]
            assert [entry.id for entry in parsed.entries] == ids, path


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        outcome = published(built(Path(folder, "workshop")))
    shutil.rmtree(GOLDEN / "output", ignore_errors=True)
    for name, content in outcome.items():
        file = GOLDEN / "output" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
