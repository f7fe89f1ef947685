"""What a new directory begins with: the files of the package's `skeleton`, filled in."""

import json
from collections.abc import Callable, Mapping as AbstractMapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import NamedTuple
from urllib.parse import urlsplit

from feeds.config import checks
from feeds.config.schema import configuration_schema_text
from feeds.config.site import Site
from feeds.model import Mapping, Scalar
from feeds.syntax import SyntaxProblem, parse_toml, parse_yaml

_TITLE = "My feeds"
_DAY = timedelta(days=1)
_CONFIGURATION = {"config/feeds.yaml": "feeds.yaml"}
_ALL = _CONFIGURATION | {
    "corpus/lighthouse-lens-turns-again.md": "corpus/lighthouse-lens-turns-again.md",
    "corpus/bicycle-kitchen.md": "corpus/bicycle-kitchen.md",
    "corpus/tide-clock.md": "corpus/tide-clock.md",
    ".github/workflows/publish.yml": "publish.yml",
    "requirements.txt": "requirements.txt",
    ".gitignore": "gitignore",
    "README.md": "README.md",
}
"""Path in the directory → in the skeleton."""

# Pages compresses by itself and reads no configuration.
_FOR_PAGES = """
# GitHub Pages compresses by itself, and reads no file that configures a host. For another host
# leave both out: docs/recipes says what each can do with them.
compressed: false
hosting: []
"""
_BY_PAGES = 'feeds build --base-url "${{ steps.pages.outputs.base_url }}"'


@dataclass(frozen=True, slots=True)
class Generator:
    """What makes a site of documents: where they are, and what it is configured with.

    `output` is a directory which the generator does not take for a part of the site.
    """

    name: str
    documents: str
    output: str
    files: tuple[str, ...]
    address: tuple[str, ...]


_GENERATORS = (
    Generator("Jekyll", "_posts", "_feeds", ("_config.yml",), ("url", "baseurl")),
    Generator(
        "Hugo",
        "content",
        "output",
        ("hugo.toml", "hugo.yaml", "config.toml", "config.yaml"),
        ("baseURL",),
    ),
)


class Wishes(NamedTuple):
    """What the user says of the publication, as far as he does."""

    title: str | None = None
    base_url: str | None = None


def generator_of(folder: Path) -> Generator | None:
    """Tell whose documents are in a directory, if it is that of a site."""
    return next((each for each in _GENERATORS if (folder / each.documents).is_dir()), None)


def skeleton(folder: Path, wishes: Wishes, today: date, requirement: str) -> dict[str, str]:
    """Give the files with which a directory begins, by path: of a site, its configuration alone.

    `requirement` is what pip is to install elsewhere. What is not wished is taken from what the
    site is configured with. Raises ValueError for a wish that cannot be.
    """
    generator = generator_of(folder)
    known = _known(folder, generator) if generator else Wishes()
    title = checks.name(wishes.title) if wishes.title is not None else known.title or _TITLE
    url = checks.base_url(wishes.base_url) if wishes.base_url is not None else known.base_url
    said = {
        "name": title,
        "title": json.dumps(title, ensure_ascii=False),
        "base_url": url or Site().base_url,
        "authority": _authority(url, today),
        "corpus": f"../{generator.documents if generator else 'corpus'}",
        "output": generator.output if generator else "output",
        "hosting": "" if generator else _FOR_PAGES,
        "build": "feeds build" if url else _BY_PAGES,
        "requirement": requirement,
        "yesterday": (today - _DAY).isoformat(),
        "before": (today - 2 * _DAY).isoformat(),
    }
    paths = _CONFIGURATION if generator else _ALL
    found = {path: _filled(source, said) for path, source in paths.items()}
    return found | {"config/feeds.schema.json": configuration_schema_text()}


def _authority(url: str | None, today: date) -> str:
    host = urlsplit(url).hostname if url else None
    return f"id_authority: {host},{today}" if host else f"#id_authority: example.org,{today}"


class _Filled(Template):
    """A template in which `%{name}` stands for a value, since workflows write `${{ name }}`."""

    delimiter = "%"


def _filled(source: str, said: AbstractMapping[str, str]) -> str:
    text = files("feeds").joinpath("skeleton", source).read_text(encoding="utf-8")
    return _Filled(text).substitute(said)


def _known(folder: Path, generator: Generator) -> Wishes:
    """Read what a site calls itself and where it is; what makes no sense to us is not known."""
    file = next((file for name in generator.files if (file := folder / name).is_file()), None)
    if file is None:
        return Wishes()
    text = file.read_text(encoding="utf-8", errors="replace")
    try:
        node = parse_toml(text) if file.suffix == ".toml" else parse_yaml(text)
    except SyntaxProblem:
        return Wishes()
    items = node.items if isinstance(node, Mapping) else {}
    said = {key: item.text for key, item in items.items() if isinstance(item, Scalar)}
    address = "".join(said.get(key, "") for key in generator.address)
    return Wishes(_sound(checks.name, said.get("title")), _sound(checks.base_url, address))


def _sound(check: Callable[[str], str], value: str | None) -> str | None:
    try:
        return check(value) if value else None
    except ValueError:
        return None
