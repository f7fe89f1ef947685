"""What is told of why an article is in feeds is what was done, whatever the corpus."""

import json
import shutil
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW, Workshop
from hypothesis import given, strategies as st
from test_refresh_history import (
    BEGINNING,
    CLOCKS,
    CONFIGURATIONS,
    CYCLE,
    FORGETFUL,
    HISTORIES,
    Do,
    Put,
    new_workshop,
)

from feeds.catalog import look_into_catalog
from feeds.config.state import State
from feeds.refresh.former import retire
from feeds.refresh.inquiry import Answer, FeedAnswer, Inquirer
from feeds.refresh.whereabouts import Spot

WITH_ALL = "top: {entries: 2}\ndigests: {all: daily, entries: 2}\n"
NEXT_BUILD = ("the next build", "has changed")


def ask(workshop: Workshop, *paths: str, now: datetime = NOW) -> list[Answer]:
    """Ask about some documents."""
    with look_into_catalog(workshop.kept) as catalog:
        corpora = workshop.plan(now).corpora
        inquirer = Inquirer(workshop.configuration, corpora, catalog, now)
        return [inquirer.answer(path) for path in paths]


def of_stem(answer: Answer, stem: str) -> FeedAnswer:
    """Give what is said of one feed."""
    (found,) = (feed for feed in answer.feeds if feed.stem == stem)
    return found


def spot(answer: Answer, stem: str, what: str = "feed") -> Spot:
    """Give what is said of a feed, or of something that belongs to it."""
    (found,) = (spot for spot in of_stem(answer, stem).spots if spot.what == what)
    return found


def paths_of(workshop: Workshop) -> list[str]:
    """Give the paths of all documents that there are."""
    files = workshop.corpus.rglob("*.md")
    return sorted(file.relative_to(workshop.corpus).as_posix() for file in files)


def published(workshop: Workshop) -> dict[str, list[str]]:
    """Give the ids of the entries of each feed, page after page."""
    found: dict[str, list[str]] = {}
    for stem in {
        "all",
        *(s for kind in ("topics", "providers", "feeds") for s in stems(workshop, kind)),
    }:
        pages = [workshop.output / f"{stem}.json"]
        more = workshop.output / stem / "page"
        pages += sorted(more.glob("*.json"), key=lambda file: int(file.stem))
        items: list[Any] = [
            item for page in pages for item in json.loads(page.read_bytes())["items"]
        ]
        found[stem] = [item["id"] for item in items]
    return found


def stems(workshop: Workshop, kind: str) -> set[str]:
    """Give the stems of the feeds of a kind."""
    return workshop.stems(kind) if (workshop.output / kind).is_dir() else set()


def check(workshop: Workshop, now: datetime) -> None:
    """See that what is told of every document is what is published."""
    answers = {answer.path: answer for answer in ask(workshop, *paths_of(workshop), now=now)}
    told: dict[str, dict[int, str]] = {}
    there = published(workshop)
    for answer in answers.values():
        assert answer.is_in_any is (answer.state == "published")
        assert not answer.has_changed
        for feed in answer.feeds:
            assert feed.verdict is None or feed.verdict.holds is feed.belongs
            assert bool(feed.leads) is (feed.kind == "topic")
            if answer.state != "published" or not feed.belongs:
                assert not feed.spots
                continue
            assert not any(word in each.because for each in feed.spots for word in NEXT_BUILD)
            first = feed.spots[0]
            if first.place is not None:
                assert (
                    told.setdefault(feed.stem, {}).setdefault(first.place, answer.path)
                    == answer.path
                )
            elif "its story is told there by " in first.because:
                leading = first.because.removeprefix("its story is told there by ")
                assert of_stem(answers[leading], feed.stem).belongs
            else:
                ahead, has = (int(word) for word in first.because.split() if word.isdigit())
                assert ahead >= has == len(there[feed.stem])
    for stem, ids in there.items():
        assert sorted(told.get(stem, {})) == list(range(1, len(ids) + 1)), stem


@HISTORIES
@given(BEGINNING, st.lists(CYCLE, min_size=1, max_size=3), st.sampled_from(CONFIGURATIONS))
def test_what_is_told_is_what_was_done(
    beginning: list[Put], cycles: list[tuple[datetime, list[Put | Do]]], configured: str
) -> None:
    """Every entry of every feed is told of one document, and who is not there is told why."""
    with new_workshop() as workshop:
        workshop.configure(FORGETFUL + WITH_ALL + configured)
        for change in beginning:
            change.do(workshop)
        workshop.build(CLOCKS[1], force=True)
        for now, changes in cycles:
            for change in changes:
                change.do(workshop)
            workshop.build(now, force=True)
        check(workshop, cycles[-1][0])


def test_labels_tell_how_they_lead_to_topics(workshop: Workshop) -> None:
    """By which label, alias, qualifier or parent an article comes to a topic is told."""
    workshop.configure(
        "qualifiers: [Daily]\n"
        "topics: {energy: {label: Energy, aliases: [Power]}, wind: {label: Wind, parent: energy}}\n"
    )
    workshop.news("a.md", topics=["Power", "Daily: Wind"])
    workshop.build()
    (answer,) = ask(workshop, "a.md")
    leads = {feed.stem: feed.leads for feed in answer.feeds if feed.leads}
    assert [tuple(lead) for lead in leads["topics/energy"]] == [
        ("Power", "Power", "energy", None, "energy"),
        ("Daily: Wind", "Wind", "energy", "wind", "energy"),
    ]
    assert [tuple(lead) for lead in leads["topics/wind"]] == [
        ("Daily: Wind", "Wind", "wind", None, "wind")
    ]


def test_a_topic_that_goes_on_with_another_is_told(workshop: Workshop) -> None:
    """Where a label was a topic of its own once, its feed is told as going on with the other."""
    workshop.news("a.md", topics=["Power"])
    workshop.news("b.md", topics=["Energy"])
    workshop.build()
    workshop.configure("topics: {energy: {label: Energy, aliases: [Power]}}\n")
    workshop.build()
    (answer,) = ask(workshop, "b.md")
    (lead,) = of_stem(answer, "topics/power").leads
    assert (lead.label, lead.key, lead.name) == ("Energy", "energy", "power")
    assert spot(answer, "topics/power").is_in


def test_each_condition_of_a_rule_is_told(workshop: Workshop) -> None:
    """Every condition, however deep, is told with what came of it and what the article has."""
    workshop.configure(
        "feeds: {deep: {title: Deep, where: {quality: {min: 5}, any: [{text: [storm, rain]},"
        " {not: {topic: energy}}], language: en}}}\n"
    )
    workshop.news("a.md", title="Much rain", quality=7)
    workshop.build()
    (answer,) = ask(workshop, "a.md")
    verdict = of_stem(answer, "feeds/deep").verdict
    assert verdict is not None
    assert (verdict.condition, verdict.holds) == ("all of these", False)
    assert [(part.condition, part.holds, part.met) for part in verdict.parts] == [
        ("language is en", False, "none"),
        ("quality is at least 5", True, "7"),
        ("one of these", True, ""),
    ]
    says, negated = verdict.parts[-1].parts
    assert (says.condition, says.holds, says.met) == ("text says storm or rain", True, "rain")
    assert (negated.condition, negated.holds) == ("not all of these", False)
    assert negated.parts == (("topic is energy", True, "energy", ()),)


def test_what_stands_before_an_entry_is_counted(workshop: Workshop) -> None:
    """Beyond the limit of a feed, the entries before are counted; its month has it all the same."""
    workshop.configure("limit: 2\npages: 2\n")
    for day in range(1, 7):
        workshop.news(f"{day}.md", publishedDateTime=f"2026-10-0{day}T08:00:00Z")
    workshop.build()
    first, third, last = ask(workshop, "6.md", "4.md", "1.md")
    assert (spot(first, "all").place, spot(first, "all").page) == (1, 1)
    assert (spot(third, "all").place, spot(third, "all").page) == (3, 2)
    assert spot(third, "all").path == "all/page/2.atom"
    assert spot(last, "all").because == "5 entries stand before it, and the feed has 4"
    assert not spot(last, "all").is_in
    assert spot(last, "all", "archive").place == 6
    assert last.is_in_any


def test_the_story_of_another_is_told(workshop: Workshop) -> None:
    """Where another tells its story an article is told so, and elsewhere it is by itself."""
    title = "Turbine blade blocks harbour bridge, lorry stuck"
    workshop.news("a.md", title=title, quality=9, domain="a.example")
    workshop.news("b.md", title=title, domain="b.example")
    workshop.build()
    (answer,) = ask(workshop, "b.md")
    assert spot(answer, "all").because == "its story is told there by a.md"
    assert spot(answer, "providers/b.example").is_in


def test_digests_and_the_best_of_the_week_are_told(workshop: Workshop) -> None:
    """Which digest names an article, and what keeps it from being among the best, is told."""
    workshop.configure("top: {entries: 1}\ndigests: {all: daily, entries: 1}\n")
    workshop.news("best.md", publishedDateTime="2026-10-30T08:00:00Z", quality=9)
    workshop.news("good.md", publishedDateTime="2026-10-30T09:00:00Z", quality=1)
    workshop.news("old.md", publishedDateTime="2026-10-02T09:00:00Z")
    workshop.news("new.md", publishedDateTime="2026-11-01T00:00:00Z")
    workshop.build()
    best, good, old, new = ask(workshop, "best.md", "good.md", "old.md", "new.md")
    assert spot(best, "topics/energy", "best of the week").place == 1
    assert spot(best, "all", "digest").because.endswith("30 October 2026")
    assert spot(good, "topics/energy", "best of the week").because.startswith("others of the last")
    assert "has others that are better" in spot(good, "all", "digest").because
    assert "not of the seven days" in spot(old, "topics/energy", "best of the week").because
    assert spot(new, "all", "digest").because == "1 November 2026 ends on 2026-11-02T00:00:00Z"


@pytest.mark.parametrize(
    ("fields", "state", "holding"),
    [
        ({"published": False}, "held", [("published", "false")]),
        ({"removed": True}, "held", [("removed", "true")]),
        ({"publishedDateTime": "2026-12-01T00:00:00Z"}, "waiting", []),
        ({"publishedDateTime": "whenever"}, "skipped", []),
        ({}, "published", []),
    ],
)
def test_the_state_of_a_document_is_told(
    workshop: Workshop, fields: dict[str, object], state: str, holding: list[tuple[str, str]]
) -> None:
    """What became of a document is told, with the line that holds it back."""
    workshop.news("a.md", **fields)
    workshop.build(force=True)
    (answer,) = ask(workshop, "a.md")
    assert answer.state == state
    assert answer.is_in_any is (state == "published")
    assert [(origin.key, origin.value) for origin in answer.origins.holding] == holding
    lines = (workshop.corpus / "a.md").read_text(encoding="utf-8").splitlines()
    for origin in answer.origins.holding:
        assert lines[origin.line - 1].startswith(f"{origin.key}:")
    assert bool(answer.findings) is (state == "skipped")


def test_ids_tell_where_they_come_from(workshop: Workshop) -> None:
    """Whether an id is the document's own, made, or the ledger's by path or address is told."""
    workshop.news("own.md", guid="urn:example:own")
    workshop.news("made.md")
    workshop.news("before.md")
    workshop.news("lost.md", guid="urn:example:lost")
    workshop.build()
    workshop.move("before.md", "after.md")
    workshop.edit("lost.md", guid=None)
    workshop.build()
    own, made, after, lost, before = ask(
        workshop, "own.md", "made.md", "after.md", "lost.md", "before.md"
    )
    assert (own.id, own.id_from) == ("urn:example:own", "the document says it")
    assert made.id_from == "made of site.id_authority and the path"
    assert after.id_from == "the ledger has it by its address, which was at before.md"
    assert (lost.id, lost.id_from) == ("urn:example:lost", "the ledger has it by its path")
    assert (before.state, before.id_from) == ("gone", "kept for when it comes back")


def test_a_duplicate_is_told_of_whom(workshop: Workshop) -> None:
    """Of two documents with one address, the one that does not count names the other."""
    workshop.news("a.md", webUrl="https://paper.example/same")
    workshop.news("b.md", webUrl="https://paper.example/same")
    workshop.build()
    a, b = ask(workshop, "a.md", "b.md")
    assert (a.state, a.by, b.state, b.by) == ("published", None, "duplicate", "a.md")


def test_what_stays_in_its_last_good_version_is_told(workshop: Workshop) -> None:
    """A published document with an error now is told as kept, with its error."""
    workshop.news("a.md")
    workshop.build()
    workshop.edit("a.md", publishedDateTime="whenever")
    workshop.build()
    (answer,) = ask(workshop, "a.md")
    assert (answer.state, answer.is_kept) == ("published", True)
    assert [finding.code for finding in answer.findings] == ["date-invalid"]


def test_what_no_build_has_seen_is_told(workshop: Workshop) -> None:
    """A new document, one that changed, and a new configuration are told as such."""
    workshop.news("a.md")
    workshop.build()
    workshop.news("new.md")
    workshop.edit("a.md", title="Another")
    workshop.configure("feeds: {x: {title: X, where: {provider: paper.example}}}\n")
    new, changed = ask(workshop, "new.md", "a.md")
    assert (new.state, new.is_in_any) == ("new", False)
    assert of_stem(new, "all").because == "it belongs there, once a build has read it"
    assert changed.has_changed
    assert changed.found_now == ()
    (rule,) = (feed for feed in changed.feeds if feed.kind == "rule")
    assert (rule.belongs, rule.is_in) == (True, False)
    assert rule.because == "the configuration has changed: the next build puts it there"


def test_what_a_file_says_now_is_told(workshop: Workshop) -> None:
    """Of a document that changed since the last build, what is wrong with it now is told, too."""
    workshop.news("a.md")
    workshop.news("b.md")
    workshop.build()
    workshop.edit("a.md", publishedDateTime="whenever")
    workshop.delete("b.md")
    wrong, removed = ask(workshop, "a.md", "b.md")
    assert (wrong.state, wrong.has_changed, wrong.findings) == ("published", True, ())
    assert [finding.code for finding in wrong.found_now] == ["date-invalid"]
    assert (removed.state, removed.has_changed, removed.is_there) == ("published", True, False)


def test_what_has_ended_is_told(workshop: Workshop) -> None:
    """A feed that was retired, has moved or is configured no longer is told so."""
    workshop.configure("feeds: {x: {title: X, where: {provider: paper.example}}}\nstate: state\n")
    workshop.news("a.md", topics=["Energy", "Wind"])
    workshop.build()
    retire(workshop.configuration, "topics/wind", NOW, undo=False)
    workshop.configure("moved: {topics/energy: 'https://elsewhere.example/energy'}\n")
    (before,) = ask(workshop, "a.md")
    assert of_stem(before, "feeds/x").because == "the feed is not configured any more"
    assert not of_stem(before, "feeds/x").is_in
    workshop.build()
    (answer,) = ask(workshop, "a.md")
    assert spot(answer, "topics/wind").because == "the feed was retired"
    assert spot(answer, "topics/energy").because == (
        "the feed has moved to https://elsewhere.example/energy"
    )
    assert spot(answer, "all").is_in


def test_what_the_next_build_takes_out_is_told(workshop: Workshop) -> None:
    """An article that does not meet conditions any more is told as there, until the next build."""
    rule = "feeds: {{x: {{title: X, where: {{quality: {{min: {0}}}}}}}}}\n"
    workshop.configure(rule.format(1) + "topics: {energy: {label: Energy}}\n")
    workshop.news("a.md", quality=5)
    workshop.build()
    workshop.configure(rule.format(9) + "topics: {power: {label: Power, aliases: [Energy]}}\n")
    (answer,) = ask(workshop, "a.md")
    left = of_stem(answer, "feeds/x")
    assert (left.belongs, left.is_in) == (False, True)
    assert left.because == "the conditions have changed: the next build follows"
    workshop.build()
    (answer,) = ask(workshop, "a.md")
    assert not of_stem(answer, "feeds/x").is_in
    assert of_stem(answer, "feeds/x").because == ""


def test_documents_are_found_by_id_and_address(workshop: Workshop) -> None:
    """A path, an id, an address however written, or an id that was given once, means a document."""
    workshop.news("a.md", guid="urn:example:a", webUrl="https://paper.example/a")
    workshop.news("gone.md", guid="urn:example:gone")
    workshop.build()
    workshop.delete("gone.md")
    workshop.build()
    with look_into_catalog(workshop.kept) as catalog:
        inquirer = Inquirer(workshop.configuration, workshop.plan().corpora, catalog, NOW)
        assert inquirer.documents("a.md", "") == ["a.md"]
        assert inquirer.documents("urn:example:a", "") == ["a.md"]
        assert inquirer.documents("x", "paper.example/a") == ["a.md"]
        assert inquirer.documents("urn:example:gone", "") == ["gone.md"]
        assert inquirer.documents("nothing.md", "nothing.md") == []
        assert inquirer.documents("../corpus/a.md", "") == []


def test_a_catalog_that_a_publisher_has_for_itself_is_read(workshop: Workshop) -> None:
    """While a transaction holds the catalog, what was committed before is told, and at once."""
    for number in range(3):
        workshop.news(f"{number}.md")
    workshop.build()
    connection = sqlite3.connect(workshop.catalog, isolation_level=None)
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("UPDATE articles SET shown_as = NULL, emitted = hex(zeroblob(9000))")
    before: dict[Path, bytes] = {file: file.read_bytes() for file in workshop.state.iterdir()}
    answers = ask(workshop, "0.md", "1.md", "2.md")
    assert [answer.state for answer in answers] == ["published"] * 3
    assert {file: file.read_bytes() for file in workshop.state.iterdir()} == before
    # What a publisher leaves that is killed now.
    killed = workshop.root / "killed"
    shutil.copytree(workshop.state, killed)
    with look_into_catalog(State(killed)) as catalog:
        assert catalog.visibility.count() == 3
    assert (killed / "catalog.sqlite-journal").exists()
    connection.execute("COMMIT")
    connection.close()
    assert [answer.state for answer in ask(workshop, "0.md")] == ["waiting"]


def test_a_corpus_that_is_not_there_is_told_of_all_the_same(workshop: Workshop) -> None:
    """Where the directory of the documents cannot be read, what was published of it is told."""
    workshop.news("a.md")
    workshop.build()
    workshop.corpus.rename(workshop.root / "elsewhere")
    (answer,) = ask(workshop, "a.md")
    assert (answer.state, answer.is_there, answer.is_in_any) == ("published", False, True)
