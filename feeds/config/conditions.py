"""Which articles a feed has, as conditions that they meet."""

from dataclasses import dataclass
from typing import Annotated

from feeds.config.checks import has_condition
from feeds.config.kinds import Checked, Domain, Language, ListOrOne, Names, WholeNumber
from feeds.config.section import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum(Section):
    """A lower bound."""

    min: Annotated[int, WholeNumber()]
    """The least value that meets the condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where(Section):
    """Conditions that all must hold; of several values for one key, any may."""

    topic: Names = ()
    """Slugs or labels of topics."""

    provider: Annotated[tuple[Domain, ...], ListOrOne()] = ()
    """Domains of providers."""

    category: Names = ()
    """Values of a document's category."""

    language: Annotated[tuple[Language, ...], ListOrOne()] = ()
    """BCP 47 tags."""

    type: Names = ()
    """Kinds of articles, such as `article` or `video`."""

    quality: Minimum | None = None
    """The least quality."""

    heat: Minimum | None = None
    """The least heat."""

    text: Names = ()
    """Words, or several in a row, in an article's title, excerpt or body, whatever their case."""

    all: tuple["Condition", ...] = ()
    """Conditions that all must hold, too."""

    any: tuple["Condition", ...] = ()
    """Conditions of which one must hold, too."""

    not_: "Condition | None" = None
    """Conditions that must not all hold."""


Condition = Annotated[Where, Checked(has_condition, (("minProperties", 1),))]
