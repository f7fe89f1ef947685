"""Forms of access logs: the same requests are read of each, and nothing breaks any."""

import re
from pathlib import Path

import pytest
from cli_tools import ROOT
from hypothesis import given, strategies as st

from feeds.access import LONGEST, Lines, Visit
from feeds.access.forms import forms

LOGS = ROOT / "tests/data/logs"
BROKEN = LOGS / "broken.log"
WHOLE = sorted(file for file in LOGS.iterdir() if file != BROKEN)
FORM_OF = {".log": "combined", ".jsonl": "jsonlines", ".tsv": "extended"}

AT_TEN = 1_795_946_400
NETNEWSWIRE = "NetNewsWire (RSS Reader; https://netnewswire.com/)"
FEEDBIN = "Feedbin feed-id:1697787 - 102 subscribers"
# What each of the files tells, each server in its own way.
VISITS = [
    Visit(AT_TEN, "203.0.113.7", "GET", "/all.atom", 200, 5_000, NETNEWSWIRE),
    Visit(AT_TEN + 1_800, "203.0.113.7", "GET", "/all.atom", 304, 0, NETNEWSWIRE),
    Visit(AT_TEN + 2_705, "2001:db8::1", "GET", "/topics/ai.rss", 200, 700, FEEDBIN),
    Visit(AT_TEN + 3_600, "198.51.100.9", "HEAD", "/none.atom", 404, 0, "curl/8.5.0"),
]


def form_of(file: Path) -> str:
    return "extended" if file.stem == "iis" else FORM_OF[file.suffix]


def read(file: Path, lines: Lines | None = None) -> list[Visit]:
    """Read what a file tells of requests, queries and hosts left out."""
    lines = lines or Lines()
    found = [lines.read(line) for line in file.read_bytes().split(b"\n")[:-1]]
    return [
        visit._replace(
            target="/" + visit.target.partition("?")[0].rpartition("org/")[2].lstrip("/")
        )
        for visit in found
        if visit
    ]


@pytest.mark.parametrize("file", WHOLE, ids=lambda file: file.name)
def test_the_same_is_read_of_each(file: Path) -> None:
    """Of whatever a server or CDN writes, who asked when for what is read, and what it was sent."""
    lines = Lines()
    expected = VISITS
    if "common" in file.name:
        expected = [visit._replace(agent="") for visit in VISITS]
    assert read(file, lines) == expected
    assert lines.unread == 0
    assert lines.first_unread is None


@pytest.mark.parametrize("form", forms(), ids=lambda form: form.name)
def test_no_form_reads_lines_of_another(form: object) -> None:
    """Each form has a file here, reads what is its own, and nothing else."""
    (known,) = [each for each in forms() if each is form]
    own = [file for file in WHOLE if form_of(file) == known.name]
    assert own
    for file in WHOLE:
        reader = known.begin()
        found = [reader(line) for line in file.read_text(encoding="utf-8").splitlines()]
        assert len([visit for visit in found if visit]) == (len(VISITS) if file in own else 0)


def test_lines_of_no_form_are_counted() -> None:
    """What is no request is passed over, what is of no form is counted."""
    lines = Lines()
    visits = read(BROKEN, lines)
    assert [visit.status for visit in visits] == [400, 200]
    assert visits[1].agent == 'a\\"b'
    assert (lines.number, lines.unread, lines.first_unread) == (8, 5, 3)


def test_a_line_that_is_too_long_is_of_no_form() -> None:
    """Whatever a line begins with, it is not looked at if it does not end."""
    lines = Lines()
    line = (LOGS / "nginx-combined.log").read_bytes().splitlines()[0]
    assert lines.read(line.ljust(LONGEST)) is not None
    assert lines.read(line.ljust(LONGEST + 1)) is None
    assert lines.unread == 1


ENDLESS = [
    b'{"a":' * 9_000,
    b'{"status":200,"ts":1%b}' % (b"0" * 400),
    b'{"status":200,"ts":1e999}',
]


@pytest.mark.parametrize("line", ENDLESS)
def test_what_a_parser_may_choke_on_is_of_no_form(line: bytes) -> None:
    """Objects within objects without end, and numbers without end, are no requests."""
    assert Lines().read(line) is None


def test_forms_may_follow_each_other() -> None:
    """A file in several forms is read, too, as where a server was told to write otherwise."""
    lines = Lines()
    for file in WHOLE:
        assert len(read(file, lines)) == len(VISITS)
    assert lines.unread == 0


def test_what_the_recipe_has_nginx_write_is_read() -> None:
    """A line in the format that recipes/logs.md shows, as nginx fills it in, is a request."""
    page = (ROOT / "docs/recipes/logs.md").read_text(encoding="utf-8")
    block = page.partition("```nginx\n")[2].partition("```")[0]
    format_ = "".join(re.findall(r"'([^']*)'", block))
    visit = VISITS[0]
    values = {
        "time_iso8601": "2026-11-29T10:00:00+00:00",
        "remote_addr": visit.address,
        "request_method": visit.method,
        "request_uri": visit.target,
        "status": visit.status,
        "body_bytes_sent": visit.sent,
        "http_user_agent": visit.agent,
    }
    line = re.sub(r"\$(\w+)", lambda found: str(values[found[1]]), format_)
    assert Lines().read(line.encode()) == visit


LINES = [line for file in WHOLE for line in file.read_bytes().splitlines()]


@given(st.data())
def test_whatever_a_line_is_it_is_read(data: st.DataObject) -> None:
    """Lines with any bytes in any place are requests with values of their kinds, or none."""
    known = data.draw(st.sampled_from(LINES))
    start = data.draw(st.integers(0, len(known)))
    end = data.draw(st.integers(start, len(known)))
    noise = data.draw(
        st.binary(max_size=40) | st.sampled_from([b"[", b'"', b"\t", b"null", b"9e99"])
    )
    lines = Lines()
    lines.read(data.draw(st.sampled_from(LINES)))
    visit = lines.read(known[:start] + noise + known[end:])
    if visit is not None:
        assert 0 <= visit.moment < 2**38
        assert visit.status >= 0
        assert visit.sent >= 0
        assert isinstance(visit.agent + visit.target + visit.method + visit.address, str)
