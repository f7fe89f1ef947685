"""What one key of the configuration demands of another.

These checks look at plain values that may still be wrong in themselves, and pass over what
they cannot use, so that all problems of a file are told at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from os.path import normpath
from pathlib import Path

from feeds.config.checks import said
from feeds.config.corpus import name_of
from feeds.config.moved import moved_problems
from feeds.config.problems import Problem, Steps
from feeds.model import is_database
from feeds.text.addresses import is_address
from feeds.text.clean import clean_line
from feeds.text.slugs import fold
from feeds.text.urls import check_domain

Plain = Mapping[str, object]


def related_problems(values: Plain, folder: Path) -> Iterator[Problem]:
    """Tell what does not fit together; relative paths are those of the directory `folder`."""
    topics = _sections(values, "topics")
    yield from _orphans(topics)
    yield from _circles(topics)
    yield from _shared_names(topics)
    yield from _same_domains(_sections(values, "providers"))
    yield from _two_rhythms(values)
    yield from _two_purges(values)
    yield from moved_problems(values)
    yield from _path_problems(values, folder)


def absolute(folder: Path, path: str | Path) -> Path:
    """Put a path under the configuration's directory, without a look at the disk."""
    return Path(normpath(folder / path))


def _sections(values: Plain, key: str) -> dict[str, Plain]:
    found = values.get(key)
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if isinstance(value, dict)}


def _texts(section: Plain, key: str) -> Iterator[tuple[Steps, str]]:
    """Every text under a key, whether it stands alone or in a list."""
    value = section.get(key)
    if isinstance(value, str):
        yield (key,), value
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, str):
            yield (key, index), item


# --- Topics and providers ------------------------------------------------------------


def _parents(topics: Mapping[str, Plain]) -> dict[str, str]:
    return {slug: parent for slug, topic in topics.items() for _, parent in _texts(topic, "parent")}


def _orphans(topics: Mapping[str, Plain]) -> Iterator[Problem]:
    for slug, parent in _parents(topics).items():
        if parent not in topics:
            yield Problem(("topics", slug, "parent"), f"{said(parent)} is not one of the topics")


def _circles(topics: Mapping[str, Plain]) -> Iterator[Problem]:
    parents = _parents(topics)
    seen: set[str] = set()
    for slug in parents:
        way: list[str] = []
        at = slug
        while at in parents and at not in seen:
            seen.add(at)
            way.append(at)
            at = parents[at]
        if at in way:
            circle = " > ".join([*way[way.index(at) :], at])
            yield Problem(("topics", at, "parent"), f"goes in a circle: {said(circle)}")


def _shared_names(topics: Mapping[str, Plain]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for slug, topic in topics.items():
        for steps, name in (*_texts(topic, "label"), *_texts(topic, "aliases")):
            key = fold(clean_line(name))
            if key and (owner := owners.setdefault(key, slug)) != slug:
                message = f"{said(name)} already means the topic {said(owner)}"
                yield Problem(("topics", slug, *steps), message)


def _same_domains(providers: Mapping[str, Plain]) -> Iterator[Problem]:
    written: dict[str, str] = {}
    for key in providers:
        domain = check_domain(key)
        if domain and (first := written.setdefault(domain, key)) != key:
            message = f"is the same domain as {said(first)}"
            yield Problem(("providers", key), message, at_key=True)


# --- The schedule --------------------------------------------------------------------


def _two_rhythms(values: Plain) -> Iterator[Problem]:
    reload = values.get("reload")
    if isinstance(reload, dict) and "every" in reload and "cron" in reload:
        message = "cannot stand beside `every`: give one of the two"
        yield Problem(("reload", "cron"), message, at_key=True)


# --- Purges --------------------------------------------------------------------------


def _two_purges(values: Plain) -> Iterator[Problem]:
    purge = values.get("purge")
    section = purge if isinstance(purge, dict) else {}
    if "command" in section and "url" in section:
        message = "cannot stand beside `command`: give one of the two"
        yield Problem(("purge", "url"), message, at_key=True)
    has_tags = (_text(section, "tags") or "").lower() == "true"
    if section.get("sends") in {"tags", "surrogate_keys"} and not has_tags:
        message = "purges by what no answer carries, unless `tags` is true"
        yield Problem(("purge", "sends"), message)


# --- Paths ---------------------------------------------------------------------------


def tangled_paths(
    output: Path | str, kept: Mapping[str, Path], corpora: Iterable[tuple[Steps, Path | str]]
) -> Iterator[Problem]:
    """Tell which places are inside one another and must not be, by their text alone.

    Paths are absolute, and what is text is the address of a place in a bucket. Under their keys
    come the directories of what is `kept`.
    """
    for key, path in kept.items():
        if _is_within(path, output):
            yield Problem((key,), "is inside the output, where it would be published")
    for steps, place in corpora:
        if _is_within(output, place):
            yield Problem(("output",), f"is inside the corpus {said(str(place))}")
        elif _is_within(place, output):
            yield Problem(steps, "is inside the output, which may hold nothing of yours")


def _is_within(place: Path | str, outer: Path | str) -> bool:
    if isinstance(place, Path):
        return isinstance(outer, Path) and place.is_relative_to(outer)
    return isinstance(outer, str) and f"{place}/".startswith(f"{outer}/")


def _path_problems(values: Plain, folder: Path) -> Iterator[Problem]:
    output = _place(_text(values, "output") or "output", folder)
    texts = {key: _text(values, key) or "" for key in ("state", "local")}
    kept = {
        key: absolute(folder, text) for key, text in texts.items() if text and not is_database(text)
    }
    corpora = _corpora(values, folder)
    yield from _alike_corpora(corpora)
    if _is_within(folder, output):
        yield Problem(("output",), "holds this configuration, and may hold nothing of yours")
    places = [(steps, place) for steps, place, _ in corpora]
    yield from tangled_paths(output, kept, places)


def _alike_corpora(corpora: list[tuple[Steps, Path | str, str]]) -> Iterator[Problem]:
    paths: set[Path | str] = set()
    names: set[str] = set()
    for steps, path, name in corpora:
        if path in paths:
            kind = "directory" if isinstance(path, Path) else "place in a bucket"
            yield Problem(steps, f"is the same {kind} as one before")
        elif name in names:
            message = f"has the same name, {said(name)}, as one before; give it another with name"
            yield Problem(steps, message)
        paths.add(path)
        names.add(name)


def _corpora(values: Plain, folder: Path) -> list[tuple[Steps, Path | str, str]]:
    """Where each corpus is said to be, where it is, and its name."""
    written = values.get("corpus")
    found: list[tuple[Steps, Path | str, str]] = []
    for index, item in enumerate(written if isinstance(written, list) else [written]):
        section = {"path": item} if isinstance(item, str) else item
        if isinstance(section, dict) and (text := _text(section, "path")):
            path = _place(text, folder)
            name = _text(section, "name") or (name_of(path) if index else "")
            found.append((("corpus", index, "path"), path, name))
    return found


def _place(text: str, folder: Path) -> Path | str:
    """Give a directory, or the address of a place in a bucket."""
    address = text.rstrip("/")
    return address if is_address(address) else absolute(folder, text)


def _text(section: Plain, key: str) -> str | None:
    value = section.get(key)
    return value if isinstance(value, str) else None
