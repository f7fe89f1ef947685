"""A configuration file to frozen types, or all its problems at once."""

from dataclasses import replace
from pathlib import Path

from feeds.config.checks import said
from feeds.config.places import Places
from feeds.config.problems import Problem, dotted, problem_line, syntax_line
from feeds.config.relations import absolute, related_problems
from feeds.config.types import Configuration
from feeds.config.validation import validated
from feeds.errors import ConfigurationError
from feeds.syntax import SyntaxLimits, SyntaxProblem, parse_yaml

MOST_BYTES = 4 * 1024 * 1024
"""More bytes than this no configuration file may have."""

_LIMITS = SyntaxLimits(nodes=200_000)


def load_configuration(file: Path) -> Configuration:
    """Read a configuration file; relative paths in it are relative to its directory.

    Raises `ConfigurationError` with one line for each problem, in the order of the file.
    """
    return load_with_places(file)[0]


def load_with_places(file: Path) -> tuple[Configuration, Places]:
    """Read a configuration file as `load_configuration` does, and tell where its values stand."""
    try:
        with file.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
        folder = file.parent.resolve()
    except OSError as error:
        raise _unreadable(file, f"cannot be read: {error.strerror}") from None
    if len(data) > MOST_BYTES:
        raise _unreadable(file, f"is larger than {MOST_BYTES} bytes")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _unreadable(file, f"is not UTF-8 at byte {error.start}", line) from None
    return _parsed(text, str(file), folder)


def parse_configuration(text: str, *, origin: str, folder: Path) -> Configuration:
    """Understand the text of a configuration file, without a look at the disk.

    `origin` is what the file is called in messages, `folder` the absolute directory that
    relative paths are relative to. Raises `ConfigurationError` with one line for each
    problem, in the order of the text.
    """
    return _parsed(text, origin, folder)[0]


def _parsed(text: str, origin: str, folder: Path) -> tuple[Configuration, Places]:
    text = text.removeprefix("\ufeff")
    try:
        node = parse_yaml(text, limits=_LIMITS)
    except SyntaxProblem as problem:
        raise ConfigurationError((syntax_line(origin, problem),)) from None
    places = Places(text)
    values = places.plain(node)
    configuration, problems = _checked({} if values is None else values, folder)
    if configuration is None or problems:
        raise ConfigurationError(_lines(problems, places, origin))
    return _with_absolute_paths(configuration, folder), places


def _checked(values: object, folder: Path) -> tuple[Configuration | None, list[Problem]]:
    if not isinstance(values, dict):
        return None, [Problem((), f"a configuration is a mapping, not {said(values)}")]
    configuration, problems = validated(values)
    return configuration, [*problems, *related_problems(values, folder)]


def _lines(problems: list[Problem], places: Places, origin: str) -> tuple[str, ...]:
    located = sorted(
        (places.of(problem), dotted(places.written(problem.steps)), problem.message)
        for problem in problems
    )
    return tuple(problem_line(origin, *parts) for parts in located)


def _with_absolute_paths(configuration: Configuration, folder: Path) -> Configuration:
    state = configuration.state
    return replace(
        configuration,
        corpus=tuple(
            replace(source, path=_somewhere(folder, source.path)) for source in configuration.corpus
        ),
        output=_somewhere(folder, configuration.output),
        state=absolute(folder, state) if isinstance(state, Path) else state,
        local=_local(configuration, folder),
    )


def _local(configuration: Configuration, folder: Path) -> Path | None:
    """Give where a host keeps what is its own, if that is not where state or output are."""
    if configuration.local is not None:
        return absolute(folder, configuration.local)
    is_elsewhere = isinstance(configuration.output, str)
    if is_elsewhere and not isinstance(configuration.state, Path):
        return folder / "feeds.local"
    return None


def _somewhere(folder: Path, place: Path | str) -> Path | str:
    return absolute(folder, place) if isinstance(place, Path) else place


def _unreadable(file: Path, reason: str, line: int = 1) -> ConfigurationError:
    return ConfigurationError((problem_line(str(file), (line, 1), "", reason),))
