"""How pages are written: the one place that knows Jinja."""

import re
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from feeds.config.problems import problem_line
from feeds.errors import ConfigurationError
from feeds.text.amounts import (
    interval_in_words,
    range_in_words,
    share_in_words,
    size_in_words,
)
from feeds.text.clean import shorten
from feeds.text.dates import in_words, moment_in_words, rfc3339

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment, Template

PAGE_TYPE = "text/html; charset=utf-8"
"""The media type of pages."""

PAGE_FILE = "index.html"
"""The file of a page, in the directory that its address names."""

# What the user's own templates call ours that they stand for, as in `feeds/card.html`.
_OURS = "feeds"
_TEMPLATE = ".html"
_UNDEFINED = re.compile(r"'(\w+)' is undefined")

# Languages that are written from right to left, by their primary subtag (RFC 5646).
_FROM_THE_RIGHT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"}
)


@dataclass(frozen=True, slots=True)
class Look:
    """What pages are written by: our files, and those of the user's that stand for any of them.

    `own` are the texts of these by their names; `folder` is where they are.
    """

    own: tuple[tuple[str, str], ...] = ()
    folder: Path = Path()
    # Those that were rendered, since to look one up by name takes as long as half a card.
    _found: "dict[str, Template]" = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def text(self, name: str) -> str:
        """Give a file as it is."""
        own = dict(self.own)
        return own[name] if name in own else shipped(name)

    def render(self, name: str, **said: object) -> str:
        """Write by a template. Raises `ConfigurationError` for a mistake in one of the user's."""
        try:
            template = self._found.get(name)
            if template is None:
                template = self._found[name] = _environment(self).get_template(name)
            return template.render(said)
        except Exception as error:
            if problem := self._problem(error, said):
                raise ConfigurationError((problem,)) from error
            raise

    def refused(self, name: str, reason: str, line: int = 1) -> ConfigurationError:
        """Give the error of a file that is not as it must be."""
        return ConfigurationError((problem_line(str(self.folder / name), (line, 1), "", reason),))

    def problems(self) -> Iterator[str]:
        """Give a line for each of the user's templates that is none."""
        from jinja2 import TemplateSyntaxError

        for name in self._own_templates():
            try:
                _environment(self).get_template(name)
            except TemplateSyntaxError as error:
                yield from self.refused(name, _message(error, ()), error.lineno).problems

    def unknown(self) -> Iterator[tuple[str, str]]:
        """Give names of files of which nothing is made, each with one of ours that is nearly so.

        None is where a template says only as it is rendered which others it takes.
        """
        from jinja2 import meta

        environment, ours = _environment(self), frozenset(_shipped_names())
        taken = set[str | None]()
        for name in {*ours, *self._own_templates()}:
            if name.endswith(_TEMPLATE):
                tree = environment.parse(self.text(name))
                taken.update(meta.find_referenced_templates(tree))
        for name, _ in self.own:
            if name not in ours | taken and None not in taken:
                yield name, next(iter(get_close_matches(name, sorted(ours), 1)), "")

    def _own_templates(self) -> list[str]:
        return [name for name, _ in self.own if name.endswith(_TEMPLATE)]

    def _problem(self, error: Exception, said: Iterable[str]) -> str:
        """Say where in the user's templates an error came about; nothing where in none."""
        own = {str(self.folder / name): name for name, _ in self.own}
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if frame.filename in own:
                name, reason = own[frame.filename], _message(error, said)
                return self.refused(name, reason, frame.lineno or 1).problems[0]
        return ""


def load() -> None:
    """Load what pages are written with, which otherwise the first one waits for."""
    for name in _shipped_names():
        if name.endswith(_TEMPLATE):
            _environment(Look()).get_template(name)


def direction(language: str | None) -> str:
    """Give the direction in which a language is written, as HTML has it."""
    primary = (language or "").partition("-")[0].lower()
    return "rtl" if primary in _FROM_THE_RIGHT else "ltr"


@cache
def shipped(name: str) -> str:
    """Give a file of ours as it is."""
    return (files("feeds.pages") / "templates" / name).read_text(encoding="utf-8")


@cache
def _shipped_names() -> tuple[str, ...]:
    folder = files("feeds.pages") / "templates"
    return tuple(sorted(file.name for file in folder.iterdir() if file.is_file()))


# The one before, too, so that those who still write by it need not make it again.
@lru_cache(maxsize=2)
def _environment(look: Look) -> "Environment":
    # ruff: noqa: PLC0415 - most cycles make no page, and need not wait for Jinja to load
    from jinja2 import (
        ChoiceLoader,
        Environment,
        FunctionLoader,
        PackageLoader,
        PrefixLoader,
        StrictUndefined,
    )
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    own, ours = dict(look.own), PackageLoader("feeds.pages")

    def find(name: str) -> tuple[str, str, None] | None:
        return (own[name], str(look.folder / name), None) if name in own else None

    loaders: list[BaseLoader] = [FunctionLoader(find), ours, PrefixLoader({_OURS: ours})]
    # What comes with a corpus, from whomever, reaches what pages say and nothing else.
    make = ImmutableSandboxedEnvironment if own else Environment
    environment = make(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "direction": direction,
        "in_words": in_words,
        "interval": interval_in_words,
        "moment": rfc3339,
        "percent": share_in_words,
        "shorten": shorten,
        "size": size_in_words,
        "range_to": range_in_words,
        "to_the_minute": moment_in_words,
    }
    return environment


def _message(error: Exception, said: Iterable[str]) -> str:
    """Say what is wrong, with a name that is nearly one that is not known."""
    from jinja2 import TemplateNotFound

    if isinstance(error, TemplateNotFound):
        return f"there is no template {error.name}"
    reason = str(getattr(error, "message", None) or error)
    found = _UNDEFINED.search(reason)
    close = get_close_matches(found[1], said, 1) if found else []
    return f"{reason}; did you mean {close[0]}?" if close else reason
