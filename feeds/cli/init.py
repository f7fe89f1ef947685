"""`feeds init`: a directory that works at once."""

import json
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, distribution
from os.path import lexists
from pathlib import Path

from feeds import __version__
from feeds.cli.talk import complain, escaped, exit_code, say
from feeds.config.skeleton import Generator, Wishes, generator_of, skeleton
from feeds.errors import ConfigurationError

_OF_THIS_MACHINE = (
    "feeds was installed from a directory: say in requirements.txt where the workflow is to"
    " take it from"
)


def init(folder: Path, *, title: str | None, base_url: str | None) -> None:
    """Write what a directory begins with; where any of it is there, write nothing."""
    with exit_code():
        origin = _origin()
        requirement = origin or f"feeds=={__version__}"
        generator = generator_of(folder)
        try:
            today = datetime.now(UTC).date()
            files = skeleton(folder, Wishes(title, base_url), today, requirement)
        except ValueError as error:
            what = "--title" if base_url is None else "--title or --base-url"
            raise ConfigurationError((f"{what}: {error}",)) from None
        if in_the_way := [folder / path for path in files if lexists(folder / path)]:
            lines = [f"feeds: {escaped(str(path))} is in the way" for path in in_the_way]
            raise ConfigurationError((*lines, "feeds: nothing was written"))
        for path, text in files.items():
            _write(folder / path, text)
            say(f"wrote {escaped(str(folder / path))}")
        if generator:
            _say_of_site(generator)
        elif not origin:
            complain(_OF_THIS_MACHINE)
        say(_next(folder))


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8") as stream:
        stream.write(text)


def _say_of_site(generator: Generator) -> None:
    say(
        f"{generator.documents} is {generator.name}'s: config/feeds.yaml publishes what is there,"
        " so there are no samples, and no workflow, which would put feeds in the place of the site"
    )
    say(f"add /{generator.output}/ and /{generator.output}.state/ to .gitignore")


def _next(folder: Path) -> str:
    is_here = folder.resolve() == Path.cwd()
    return "next: " + ("" if is_here else f"cd {escaped(str(folder))} && ") + "feeds serve"


def _origin() -> str | None:
    """Give what pip is to install elsewhere to have this program, where that is known (PEP 610)."""
    try:
        found = distribution("feeds").read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    if found is None:
        return f"feeds=={__version__}"
    origin = json.loads(found)
    url = str(origin["url"])
    if "vcs_info" in origin:
        system = origin["vcs_info"]
        url = f"{system['vcs']}+{url}@{system['commit_id']}"
    return None if url.startswith("file:") or "+file:" in url else f"feeds @ {url}"
