"""What the texts and numbers of a configuration may be.

Each kind is an annotation on a field. It reads a value, given what reads all that is asked for
besides; pydantic finds its hook by its name and gets from it a part of the JSON Schema, as a
plain dictionary. Nothing here imports pydantic, so that the types stay free of it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from feeds.config import checks, header_fields
from feeds.model import Frequency

Schema = dict[str, Any]
Handler = Callable[[Any], Schema]
Reader = Callable[[object], object]

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Checked:
    """A value that `check` returns as it shall be kept, or refuses with a ValueError.

    `description` are pairs of keyword and value that the JSON Schema gets besides. With
    `first`, the value is checked before anything else is made of it.
    """

    check: Callable[[Any], object]
    description: tuple[tuple[str, object], ...] = ()
    first: bool = False

    def read(self, rest: Reader, value: object) -> object:
        """Check when the type is known to be right, or first of all."""
        return rest(self.check(value)) if self.first else self.check(rest(value))

    def __get_pydantic_json_schema__(self, schema: Schema, handler: Handler) -> Schema:
        """Say what is checked as far as JSON Schema can."""
        return handler(schema) | dict(self.description)


@dataclass(frozen=True, slots=True)
class Example:
    """A value such as a file may have, as YAML reads it; it asks for nothing."""

    value: object

    def read(self, rest: Reader, value: object) -> object:
        """Read what is asked for besides."""
        return rest(value)

    def __get_pydantic_json_schema__(self, schema: Schema, handler: Handler) -> Schema:
        """Show the value."""
        return handler(schema) | {"examples": [self.value]}


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """A whole number from `low` to `high`, where they are given."""

    low: int | None = None
    high: int | None = None

    def read(self, rest: Reader, value: object) -> object:
        """Read the number from its text."""
        if not isinstance(value, str) or not _WHOLE_NUMBER.fullmatch(value):
            raise ValueError(f"must be {self._wanted}, not {checks.said(value)}")
        number = int(value)
        if (self.low is not None and number < self.low) or (
            self.high is not None and number > self.high
        ):
            raise ValueError(f"must be {self._wanted}, not {number}")
        return rest(number)

    @property
    def _wanted(self) -> str:
        if self.low is None:
            return "a whole number"
        if self.high is None:
            return f"a whole number, {self.low} or more"
        return f"a whole number from {self.low} to {self.high}"

    def __get_pydantic_json_schema__(self, schema: Schema, handler: Handler) -> Schema:
        """Say the bounds."""
        bounds = {"minimum": self.low, "maximum": self.high}
        return handler(schema) | {key: bound for key, bound in bounds.items() if bound is not None}


@dataclass(frozen=True, slots=True)
class Listening(Checked):
    """A port, or an address and a port."""

    def __get_pydantic_json_schema__(self, schema: Schema, handler: Handler) -> Schema:
        """Allow a number where it is only a port."""
        port = {"type": "integer", "minimum": 0, "maximum": checks.MOST_PORT}
        return {"anyOf": [port, handler(schema) | dict(self.description)]}


@dataclass(frozen=True, slots=True)
class Somewhere(Checked):
    """A path, or the address of a place in a bucket, which stays text."""

    def read(self, rest: Reader, value: object) -> object:  # noqa: ARG002 - it asks for two types
        """Tell an address from a path by its scheme."""
        checked = self.check(value)
        if not isinstance(checked, str):
            raise ValueError(f"must be text, not {checks.said(checked)}")  # noqa: TRY004 - as other problems
        return checks.address(checked) if "://" in checked else Path(checked)

    def __get_pydantic_json_schema__(self, _schema: Schema, _handler: Handler) -> Schema:
        """Say that either is text."""
        return {"type": "string", **dict(self.description)}


@dataclass(frozen=True, slots=True)
class KeptAt:
    """A path, or the URL of a database."""

    def read(self, _rest: Reader, value: object) -> object:
        """Tell the two apart."""
        return checks.kept_at(value)

    def __get_pydantic_json_schema__(self, _schema: Schema, _handler: Handler) -> Schema:
        """Say that both are texts."""
        path, url = {"format": "path", "minLength": 1}, {"format": "uri"}
        return {"anyOf": [each | {"type": "string"} for each in (path, url)]}


@dataclass(frozen=True, slots=True)
class ListOrOne:
    """A list whose only item may stand alone, if it is text."""

    def read(self, rest: Reader, value: object) -> object:
        """Make a text a list of one."""
        return rest([value] if isinstance(value, str) else value)

    def __get_pydantic_json_schema__(self, schema: Schema, handler: Handler) -> Schema:
        """Allow an item that is text where the list is allowed."""
        many = handler(schema)
        alternatives = many["items"].get("anyOf", [many["items"]])
        return {"anyOf": [*(one for one in alternatives if one.get("type") == "string"), many]}


@dataclass(frozen=True, slots=True)
class CommandLine(ListOrOne):
    """A program and its arguments, as a list or in one text that is divided as a shell does."""

    def read(self, rest: Reader, value: object) -> object:
        """Divide a text into a list."""
        return rest(checks.words(value))


@dataclass(frozen=True, slots=True)
class OrTextFor:
    """A mapping that may be written as the text of its one important key."""

    key: str

    def read(self, rest: Reader, value: object) -> object:
        """Make a text the mapping that it stands for."""
        return rest({self.key: value} if isinstance(value, str) else value)

    def __get_pydantic_json_schema__(self, schema: Schema, handler: Handler) -> Schema:
        """Allow the text where the mapping is allowed."""
        return {"anyOf": [{"type": "string", "minLength": 1}, handler(schema)]}


def _pattern(regex: str) -> tuple[tuple[str, object], ...]:
    return (("pattern", f"^{regex}$"),)


_NOT_EMPTY = (("minLength", 1),)
_URL = (("format", "uri"),)

Order = Annotated[str, Checked(checks.order, (("enum", list(checks.ORDERS)),), first=True)]
Reading = Annotated[str, Checked(checks.reading, (("enum", list(checks.READINGS)),), first=True)]
DigestFrequency = Annotated[Frequency | None, Checked(checks.frequency, first=True)]
HostOfFiles = Annotated[
    str, Checked(checks.host_of_files, (("enum", list(checks.HOSTS_OF_FILES)),))
]
FormatOfFeeds = Annotated[str, Checked(checks.feed_format, (("enum", list(checks.FORMATS)),))]
PurgeList = Annotated[
    str, Checked(checks.purge_list, (("enum", list(checks.PURGE_LISTS)),), first=True)
]
Switch = Annotated[bool, Checked(checks.switch, first=True)]
Name = Annotated[str, Checked(checks.name, _NOT_EMPTY)]
Names = Annotated[tuple[Name, ...], ListOrOne()]
Prose = Annotated[str, Checked(checks.prose)]
Qualifier = Annotated[str, Checked(checks.qualifier, _NOT_EMPTY)]
Slug = Annotated[str, Checked(checks.slug, _pattern(checks.SLUG.pattern))]
PathPart = Annotated[str, Checked(checks.path_part, _pattern(r"[^/\\]+"))]
Language = Annotated[str, Checked(checks.language)]
Authority = Annotated[str, Checked(checks.authority)]
EmailAddress = Annotated[str, Checked(checks.email_address)]
Domain = Annotated[str, Checked(checks.domain)]
FieldOfOurs = Annotated[str, Checked(header_fields.field_of_ours, _NOT_EMPTY)]
FieldValue = Annotated[str, Checked(header_fields.field_value)]
Host = Annotated[str, Checked(checks.host, _NOT_EMPTY)]
Place = Annotated[str, Listening(checks.listening, _pattern(checks.LISTENING.pattern))]
FieldName = Annotated[
    str, Checked(header_fields.field_name, _pattern(header_fields.FIELD_NAME.pattern))
]
Argument = Annotated[str, Checked(checks.argument)]
CronExpression = Annotated[str, Checked(checks.cron, _NOT_EMPTY)]
TimeZone = Annotated[str, Checked(checks.time_zone)]
WebAddress = Annotated[str, Checked(checks.web_address, _URL)]
ReaderAddress = Annotated[str, Checked(checks.reader_address, _URL)]
BaseUrl = Annotated[str, Checked(checks.base_url, _URL)]
Location = Annotated[Path, Checked(checks.location, _NOT_EMPTY, first=True)]
# A directory, or a place in a bucket.
Anywhere = Annotated[Path | str, Somewhere(checks.location, _NOT_EMPTY)]
