"""Files that configure hosts: as configured, made anew only when they say something new."""

import shutil

import pytest
from conftest import DAY, NOW, Workshop, is_whole, written

from feeds.config.checks import HOSTS_OF_FILES
from feeds.config.types import Configuration
from feeds.formats import directory_formats, feed_formats
from feeds.pages import PAGE_TYPE
from feeds.publish.hosting import hosts
from feeds.refresh.former import retire

ALL = f"hosting: [{', '.join(HOSTS_OF_FILES)}]\n"
FILES = {host.file for host in hosts().values()}
MOVED = "moved: {feed.xml: all.rss}\n"


@pytest.fixture
def hosted(workshop: Workshop) -> Workshop:
    """Give a workshop with two articles, published with the files of all hosts."""
    workshop.configure(ALL)
    workshop.news("a.md", topics=["Sea"])
    workshop.news("b.md", topics=["Moon"])
    workshop.build()
    return workshop


def files_of_hosts(workshop: Workshop) -> dict[str, str]:
    """Give the published files of hosts."""
    return {path: body.decode() for path, body in workshop.files().items() if path in FILES}


def test_all_are_published_unless_said_otherwise(hosted: Workshop) -> None:
    """They are resources like others: in the manifest, with a digest and a type."""
    assert hosted.files().keys() >= FILES
    assert is_whole(hosted)
    assert {hosted.manifest()[path]["media_type"] for path in FILES} == {
        "text/plain; charset=utf-8"
    }
    assert set(Configuration().hosting) == set(HOSTS_OF_FILES)


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("hosting: []\n", set()),
        ("hosting: nginx\n", {"_nginx.conf"}),
        ("hosting: [redirects, headers, headers]\n", {"_redirects", "_headers"}),
        ("hosting: caddy\n", {"_caddy.conf"}),
    ],
)
def test_they_come_and_go_with_the_configuration(
    hosted: Workshop, text: str, files: set[str]
) -> None:
    """What is not wanted any more is deleted, and nothing else is touched."""
    before = hosted.stamps()
    hosted.configure(text)
    report = hosted.build()
    assert set(report.deleted) == FILES - files
    assert written(report) == set()
    assert files_of_hosts(hosted).keys() == files
    assert is_whole(hosted)
    assert written(hosted.build()) == set()
    hosted.configure(ALL)
    assert written(hosted.build()) == FILES - files
    assert hosted.stamps()["all.atom"] == before["all.atom"]


def test_they_stay_as_they_are_while_they_say_the_same(hosted: Workshop) -> None:
    """Neither a cycle without news nor one with new articles makes any of them anew."""
    before = hosted.stamps()
    assert written(hosted.build()) == set()
    assert hosted.stamps() == before
    hosted.news("c.md", topics=["Stars"])
    assert not written(hosted.build()) & FILES
    assert {path: hosted.stamps()[path] for path in FILES} == {path: before[path] for path in FILES}


def test_they_depend_on_nothing_that_is_published(hosted: Workshop) -> None:
    """Another corpus, in another place, has the same files."""
    before = files_of_hosts(hosted)
    other = Workshop(hosted.root / "elsewhere")
    other.configure(ALL)
    other.build(force=True)
    assert files_of_hosts(other) == before
    assert str(hosted.root) not in "".join(before.values())


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (MOVED, {"_redirects", "_nginx.conf", "_caddy.conf"}),
        ("server: {max_age: 60}\n", {"_headers", "_nginx.conf", "_caddy.conf"}),
        ("freshness: {pages: {max_age: 60}}\n", {"_headers", "_nginx.conf", "_caddy.conf"}),
        # Archives of any month are as fresh as feeds, unless those of past months are not.
        ("freshness: {archives: {max_age: 4000}}\n", set()),
        ("freshness: {archives: {max_age: 60}}\n", {"_nginx.conf", "_caddy.conf"}),
    ],
)
def test_what_they_say_anew_is_written(hosted: Workshop, text: str, changed: set[str]) -> None:
    """Only those whose bytes differ are written, and no feed with them."""
    hosted.configure(ALL + text)
    assert written(hosted.build()) == changed
    assert written(hosted.build()) == set()
    assert files_of_hosts(hosted) == {
        path: body.decode() for path, body in hosted.afresh().items() if path in FILES
    }


def test_what_ended_is_said_and_forgotten(hosted: Workshop) -> None:
    """A retired feed has a last document for thirty days; when it goes, that is said, too."""
    configuration = hosted.placed
    retire(configuration, "topics/sea", NOW, undo=False)
    assert written(hosted.build()) >= {"_redirects", "_nginx.conf", "_caddy.conf"}
    assert "/topics/sea.atom /gone/topics/sea.atom 404" in files_of_hosts(hosted)["_redirects"]
    assert "_headers" not in written(hosted.build(NOW + 40 * DAY))
    assert "/topics/sea.atom" not in files_of_hosts(hosted)["_redirects"]
    assert "/topics/sea.atom" in files_of_hosts(hosted)["_nginx.conf"]
    retire(configuration, "topics/sea", NOW, undo=True)
    hosted.build(NOW + 40 * DAY)
    assert "/topics/sea" not in files_of_hosts(hosted)["_nginx.conf"]


@pytest.mark.parametrize("name", sorted({"headers", "nginx", "caddy"}))
def test_every_kind_of_resource_has_its_type_and_freshness(hosted: Workshop, name: str) -> None:
    """The media types of all formats, lists and pages are said, with what the server says."""
    text = files_of_hosts(hosted)[hosts()[name].file]
    types = [form.media_type for form in (*feed_formats(), *directory_formats())]
    assert all(media_type in text for media_type in (*types, PAGE_TYPE))
    assert "max-age=300, stale-while-revalidate=60" in text
    assert "max-age=3600" not in text


def test_another_revision_makes_them_again(hosted: Workshop) -> None:
    """After an upgrade they are compared; those that come out the same are not written."""
    hosted.revision = "another"
    (hosted.output / "_headers").write_text("as the other revision had it")
    assert written(hosted.build()) == {"_headers"}
    assert written(hosted.build()) == set()


@pytest.mark.parametrize("harm", ["delete", "tamper", "catalog"])
def test_they_are_repaired(hosted: Workshop, harm: str) -> None:
    """One that is gone or not what it was is written again, and it alone."""
    before, file = hosted.files(), hosted.output / "_nginx.conf"
    if harm == "delete":
        file.unlink()
    elif harm == "tamper":
        file.write_bytes(b"x")
    else:
        shutil.rmtree(hosted.state)
    assert written(hosted.build()) == ({"_nginx.conf"} if harm != "catalog" else set())
    assert hosted.files().keys() == before.keys()
    assert files_of_hosts(hosted)["_nginx.conf"] == before["_nginx.conf"].decode()
