"""`feeds show`: a feed in the terminal."""

from collections.abc import Iterator
from difflib import get_close_matches

import click

from feeds.cli.machines import write_json
from feeds.cli.options import Settings
from feeds.cli.settings import load_settings, real_time
from feeds.cli.talk import escaped, exit_code, say, write
from feeds.errors import ConfigurationError
from feeds.formats import feed_formats, feed_suffixes
from feeds.model import ReadEntry, ReadFeed
from feeds.refresh.browsing import Browser
from feeds.refresh.places import destination_of
from feeds.selection.stories import more_sources
from feeds.text.dates import rfc3339

_NEARLY = 0.8
_DAY = len("2026-10-01")


def show(settings: Settings, name: str, *, number: int, raw: str | None, as_json: bool) -> None:
    """Show a feed that is published, up to so many of its entries; or its document as it is."""
    with exit_code():
        configuration = load_settings(settings, corpus_needed=False)
        browser = Browser(destination_of(configuration, real_time))
        path = _find(browser, name)
        if raw is not None:
            _write_document(browser, path, raw)
            return
        feed = browser.read(path)
        if feed is None:
            raise ConfigurationError((f"{escaped(path)}: is not what was published",))
        if as_json:
            write_json(feed)
            return
        for line in _lines(feed, number):
            write(line)


def _find(browser: Browser, name: str) -> str:
    """Give the path of a feed's document, by its path, stem or title, or what is nearly one."""
    wanted = name.strip("/")
    if wanted in browser.published and wanted.endswith(feed_suffixes()):
        return wanted
    for suffix in feed_suffixes():
        wanted = wanted.removesuffix(suffix)
    stems = browser.stems
    if wanted not in stems:
        wanted = _meant(browser, wanted)
    return wanted + stems[wanted].suffix


def _meant(browser: Browser, name: str) -> str:
    """Give the stem of the one feed that has nearly this title or this name."""
    titles: dict[str, list[str]] = {}
    for stem, form in browser.stems.items():
        feed = browser.read(stem + form.suffix)
        title = feed.title if feed else stem
        for known in {title, title.rpartition(": ")[2], stem, stem.rpartition("/")[2]}:
            titles.setdefault(known.casefold(), []).append(stem)
    exact = list(dict.fromkeys(titles.get(name.casefold(), ())))
    if len(exact) == 1:
        return exact[0]
    close = get_close_matches(name.casefold(), titles, 3, _NEARLY)
    near = list(dict.fromkeys(exact or [stem for title in close for stem in titles[title]]))
    if len(near) == 1:
        say(f"{escaped(name)}: {escaped(near[0])} is shown")
        return near[0]
    hint = f"; did you mean {' or '.join(map(escaped, near[:3]))}?" if near else "; see feeds list"
    raise ConfigurationError((f"{escaped(name)}: there is no such feed{hint}",))


def _write_document(browser: Browser, path: str, raw: str) -> None:
    """Write a document as it is published, in another format where it is one of that."""
    (form,) = feed_formats([raw])
    for suffix in feed_suffixes():
        path = path.removesuffix(suffix)
    body = browser.body(path + form.suffix)
    if body is None:
        raise ConfigurationError((f"{escaped(path)}: is not published as {form.title}",))
    click.echo(body, nl=False)


def _lines(feed: ReadFeed, number: int) -> Iterator[str]:
    yield click.style(escaped(feed.title), bold=True)
    yield escaped(feed.address)
    if feed.updated:
        yield f"updated {rfc3339(feed.updated)}"
    for entry in feed.entries[:number]:
        yield ""
        yield from _entry(entry)
    if (left := len(feed.entries) - number) > 0:
        yield ""
        yield f"and {left} more; --number shows them"


def _entry(entry: ReadEntry) -> Iterator[str]:
    more = f" and {more_sources(entry.more)}" if entry.more else ""
    yield f"{rfc3339(entry.published)[:_DAY]}  {escaped(entry.title or entry.id)}"
    yield f"            {escaped(entry.source)}{more}"
    yield f"            {escaped(entry.url)}"
