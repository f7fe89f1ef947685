"""Feeds by rule: what enters them when, and in which order it stands."""

from datetime import timedelta

import pytest
from conftest import DAY, NOW, Workshop, in_formats, written

ADDED = "feeds: {best: {title: Best, order: added, where: {quality: {min: 50}}}}"
PUBLISHED = ADDED.replace("added", "published")


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a workshop with a feed that is ordered by when articles enter it, and three articles."""
    workshop.configure(ADDED)
    for day, quality in ((1, 80), (2, 10), (3, 60)):
        date = f"2026-10-0{day}T00:00:00Z"
        workshop.news(f"{day}.md", publishedDateTime=date, quality=quality, title=f"T{day}")
    workshop.build(NOW)
    return workshop


def test_the_first_articles_of_a_new_feed_stand_by_their_dates(news: Workshop) -> None:
    """A feed that begins has no order of arrival yet."""
    assert news.titles("feeds/best") == ["T3", "T1"]


def test_what_crosses_a_threshold_late_comes_first_and_only_there(news: Workshop) -> None:
    """Four days late an article surfaces once in the feed by addition, and nowhere else."""
    before = news.titles("all")
    news.edit("2.md", quality=70)
    report = news.build(NOW + 4 * DAY)
    assert written(report) == in_formats("feeds/best")
    assert news.titles("feeds/best") == ["T2", "T3", "T1"]
    assert news.titles("all") == before
    assert written(news.build(NOW + 5 * DAY)) == set()


def test_an_article_keeps_its_place_while_it_stays(news: Workshop) -> None:
    """Neither another quality, nor another title or date moves what is in the feed."""
    news.edit("1.md", quality=90, title="Better", publishedDateTime="2026-10-04T00:00:00Z")
    news.build(NOW + DAY)
    assert news.titles("feeds/best") == ["T3", "Better"]


def test_what_crosses_a_threshold_four_days_late_surfaces_once(workshop: Workshop) -> None:
    """In the feed in order of addition it comes first, and in the one by date it does not."""
    rule = "title: Best, where: {quality: {min: 50}}, limit: 3"
    workshop.configure(
        f"feeds: {{added: {{{rule}, order: added}}, dated: {{{rule}}}}}\nrelated: {{limit: 0}}\n"
    )
    workshop.news("late.md", title="Late", quality=10, publishedDateTime="2026-10-28")
    seen: list[list[str]] = []
    for day in range(6):
        workshop.news(f"{day}.md", quality=60, publishedDateTime=f"2026-11-0{day + 1}")
        if day == 4:
            workshop.edit("late.md", quality=70)
        workshop.build(NOW + day * DAY)
        seen.append(workshop.titles("feeds/added"))
        assert "Late" not in workshop.titles("feeds/dated")
    assert [titles.count("Late") for titles in seen] == [0, 0, 0, 0, 1, 1]
    ids = [item["id"] for item in workshop.feed("feeds/added")["items"]]
    assert sum(name.endswith(":late.md") for name in ids) == 1


def test_what_comes_back_comes_first(news: Workshop) -> None:
    """An article that left the feed enters it anew."""
    news.edit("1.md", quality=1)
    news.build(NOW + DAY)
    assert news.titles("feeds/best") == ["T3"]
    news.edit("1.md", quality=99)
    news.build(NOW + 2 * DAY)
    assert news.titles("feeds/best") == ["T1", "T3"]


def test_what_was_added_later_stands_before_what_is_newer(news: Workshop) -> None:
    """An article that arrives today stands before one of yesterday that arrived yesterday."""
    news.news("4.md", publishedDateTime="2026-10-04T00:00:00Z", quality=99, title="T4")
    news.build(NOW + DAY)
    news.news("0.md", publishedDateTime="2026-09-01T00:00:00Z", quality=99, title="T0")
    news.build(NOW + 2 * DAY)
    assert news.titles("feeds/best") == ["T0", "T4", "T3", "T1"]


def test_an_order_can_be_changed_and_changed_back(news: Workshop) -> None:
    """By date the newest is first; what is in the feed by then counts as added at its date."""
    news.edit("2.md", quality=70)
    news.build(NOW + DAY)
    news.configure(PUBLISHED)
    news.build(NOW + DAY)
    assert news.titles("feeds/best") == ["T3", "T2", "T1"]
    news.configure(ADDED)
    news.build(NOW + DAY)
    assert news.titles("feeds/best") == ["T3", "T2", "T1"]


def test_a_lost_catalog_falls_back_to_dates(news: Workshop) -> None:
    """When articles entered is known to the catalog only; without it their dates count."""
    news.edit("2.md", quality=70)
    news.build(NOW + DAY)
    news.catalog.unlink()
    news.build(NOW + DAY)
    assert news.titles("feeds/best") == ["T3", "T2", "T1"]


def test_text_is_looked_for_in_titles_excerpts_and_bodies(workshop: Workshop) -> None:
    """A rule by words follows what documents say."""
    workshop.configure("feeds: {storms: {title: Storms, where: {text: [storm, high water]}}}")
    workshop.news("title.md", title="A Storm comes")
    workshop.news("excerpt.md", excerpt="There will be high water.")
    workshop.curated("body.md", body="<p>They <em>storm</em> out.</p>")
    workshop.news("no.md", title="Brainstorming")
    workshop.build()
    assert len(workshop.titles("feeds/storms")) == 3
    workshop.edit("title.md", title="A calm comes")
    workshop.build(NOW + timedelta(minutes=5))
    assert len(workshop.titles("feeds/storms")) == 2
