"""Whatever a configuration says, one that is accepted publishes what all can read."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import DAY, NOW, Workshop, is_whole, written
from hypothesis import HealthCheck, given, settings, strategies as st
from test_formats_any_text import any_text
from test_refresh_any_text import read

from feeds.config import parse_configuration
from feeds.errors import ConfigurationError
from feeds.text.clean import replace_illegal

# What XML bars, and nothing at all, is refused, and tried by others.
TEXTS = any_text.map(lambda text: f"t{replace_illegal(text)}") | st.sampled_from(
    ["Energy", "C++", "]]>", "<b>", "\u202e", "\u00fc"]
)
URLS = st.sampled_from(["https://a.example/b?c&d", "http://m\u00fcnchen.de/'x'"])
SLUGS = st.sampled_from(["energy", "moon", "c-plus-plus", "a", "all", "con"])
NAMES = st.sampled_from(["Energy", "Moon", "C++", "C"]) | TEXTS
PERIODS = st.sampled_from(["daily", "weekly"])
SMALL = st.integers(1, 3)


def section(**fields: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    """Make a section with some of its fields."""
    return st.fixed_dictionaries({}, optional=fields)


PLAIN_CONDITIONS = section(
    topic=st.lists(NAMES, max_size=2),
    provider=st.just("paper.example"),
    language=st.sampled_from(["en", "de-AT"]),
    quality=st.fixed_dictionaries({"min": st.integers(-2, 2)}),
    text=TEXTS,
)
CONDITIONS = PLAIN_CONDITIONS | st.fixed_dictionaries({"not": PLAIN_CONDITIONS})
SITE = st.fixed_dictionaries(
    {"title": TEXTS, "base_url": st.sampled_from(["https://feeds.example", "http://h.example/a/"])},
    optional={
        **dict.fromkeys(("description", "rights"), TEXTS),
        **dict.fromkeys(("icon", "logo", "hubs"), URLS),
        "language": st.sampled_from(["en", "x-y"]),
        "author": st.fixed_dictionaries({"name": TEXTS, "url": URLS}),
    },
)
CONFIGURATIONS = st.fixed_dictionaries(
    {"site": SITE},
    optional={
        "limit": SMALL,
        "pages": SMALL,
        "time_zone": st.sampled_from(["Pacific/Apia", "Europe/Berlin"]),
        "formats": st.lists(st.sampled_from(["atom", "rss", "json"]), min_size=1, unique=True),
        "compressed": st.booleans(),
        "archives": section(all=st.booleans(), topics=st.booleans(), providers=st.booleans()),
        "stories": section(all=st.booleans(), topics=st.booleans(), providers=st.booleans()),
        "top": section(entries=st.integers(0, 3)),
        "digests": section(all=PERIODS, entries=SMALL),
        "qualifiers": TEXTS,
        "topics": st.dictionaries(
            SLUGS,
            st.fixed_dictionaries(
                {"label": NAMES}, optional={"aliases": NAMES, "parent": SLUGS, "digest": PERIODS}
            ),
            max_size=2,
        ),
        "providers": st.fixed_dictionaries(
            {"paper.example": section(name=TEXTS, rights=TEXTS, language=st.just("de"))}
        ),
        "feeds": st.dictionaries(
            SLUGS,
            st.fixed_dictionaries(
                {"title": TEXTS, "where": CONDITIONS},
                optional={
                    "description": TEXTS,
                    "order": st.sampled_from(["published", "added"]),
                    "digest": PERIODS,
                    "stories": st.booleans(),
                },
            ),
            max_size=2,
        ),
        "moved": st.dictionaries(
            st.sampled_from(["feed.xml", "topics/moon", "a b/\u00fc", "topics/x.atom"]),
            st.sampled_from(["all", "/", "topics/energy", "https://a.example/x"]),
            max_size=2,
        ),
        "related": section(limit=st.integers(0, 2), unpublished=st.booleans()),
    },
)


def fill(workshop: Workshop) -> None:
    """Write documents of several months, topics and languages, some on one event."""
    story = {"excerpt": "The grid operator of Lisbon restored power after the blackout."}
    workshop.news("a.md", title="Lisbon blackout ends as grid restores power", **story)
    workshop.news("b.md", title="Power restored in Lisbon after blackout", domain="b.example")
    workshop.news("c.md", topics=["Moon", "C++"], publishedDateTime="2026-08-01T08:00:00Z")
    workshop.news("d.md", topics=["C"], language="de-AT", quality=1, published=False)
    workshop.news("e.md", topics=[], publishedDateTime="2026-10-31T08:00:00Z", quality=2)
    workshop.curated("f.md", date="2026-09-30T23:59:59Z")


@pytest.mark.case(168)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(CONFIGURATIONS, min_size=1, max_size=2))
def test_whatever_is_configured_is_published_so_that_all_can_read_it(
    configurations: list[dict[str, object]],
) -> None:
    """A configuration is refused, or all that is published by it can be parsed; also after another.

    Once it is published, there is nothing more to do at that instant.
    """
    with TemporaryDirectory(prefix="feeds-any-") as folder:
        workshop = Workshop(Path(folder))
        fill(workshop)
        for number, configuration in enumerate(configurations):
            now = NOW + number * DAY
            try:
                text = json.dumps(configuration)
                workshop.configuration = parse_configuration(
                    text, origin="feeds.yaml", folder=workshop.root
                )
            except ConfigurationError:
                continue
            workshop.build(now, force=True)
            for path, data in workshop.files().items():
                read(path, data)
            assert is_whole(workshop)
            assert not written(workshop.build(now))
