"""Which articles a feed has, as conditions that they meet."""

from dataclasses import dataclass
from typing import Annotated

from feeds.config.checks import has_condition
from feeds.config.kinds import Checked, Domain, Example, Language, ListOrOne, Names, WholeNumber
from feeds.config.section import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum(Section):
    """A lower bound."""

    min: Annotated[int, WholeNumber(), Example(70)]
    """The least value that meets the condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where(Section):
    """Conditions that all must hold; of several values for one key, any may."""

    topic: Annotated[Names, Example(["tides", "Rail Travel"])] = ()
    """Slugs or labels of topics."""

    provider: Annotated[tuple[Domain, ...], ListOrOne(), Example(["example.org"])] = ()
    """Domains of providers."""

    category: Annotated[Names, Example("Essays")] = ()
    """Values of a document's category."""

    language: Annotated[tuple[Language, ...], ListOrOne(), Example(["en", "pt"])] = ()
    """BCP 47 tags."""

    type: Annotated[Names, Example(["article", "video"])] = ()
    """Kinds of articles, such as `article` or `video`."""

    quality: Minimum | None = None
    """The least quality."""

    heat: Minimum | None = None
    """The least heat."""

    text: Annotated[Names, Example(["feed reader", "blogroll"])] = ()
    """Words, or several in a row, in an article's title, excerpt or body, whatever their case."""

    all: Annotated[
        tuple["Condition", ...], Example([{"topic": "tides"}, {"heat": {"min": 50}}])
    ] = ()
    """Conditions that all must hold, too."""

    any: Annotated[
        tuple["Condition", ...], Example([{"topic": "tides"}, {"category": "Essays"}])
    ] = ()
    """Conditions of which one must hold, too."""

    not_: Annotated["Condition | None", Example({"type": "video"})] = None
    """Conditions that must not all hold."""


Condition = Annotated[Where, Checked(has_condition, (("minProperties", 1),))]
