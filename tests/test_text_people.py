"""How a person's name and e-mail address are told apart."""

import time

import pytest
from hypothesis import given, settings, strategies as st

from feeds.text.people import check_email, split_person

PIECES = st.lists(st.sampled_from(["Jane", " ", "<", ">", "(", ")", "@", "a.b", '"', "mailto:"]))


@pytest.mark.parametrize(
    ("line", "name", "email"),
    [
        ("Jane Doe", "Jane Doe", ""),
        ("Jane Doe <jane@example.org>", "Jane Doe", "jane@example.org"),
        ("Jane Doe<jane@example.org>", "Jane Doe", "jane@example.org"),
        ('"Doe, Jane" <jane@example.org>', "Doe, Jane", "jane@example.org"),
        ("<jane@example.org>", "", "jane@example.org"),
        ("jane@example.org (Jane Doe)", "Jane Doe", "jane@example.org"),
        ("jane@example.org", "", "jane@example.org"),
        ("mailto:jane@example.org", "", "jane@example.org"),
        ("Jane Doe <jane at example.org>", "Jane Doe <jane at example.org>", ""),
        ("List<String>", "List<String>", ""),
        ("@jane", "@jane", ""),
        ("Jane @ Harbour", "Jane @ Harbour", ""),
        ("jane@harbour", "jane@harbour", ""),
        ("a@a.example, b@b.example", "a@a.example, b@b.example", ""),
        ("", "", ""),
    ],
)
def test_a_line_is_a_name_an_address_or_both(line: str, name: str, email: str) -> None:
    """Both usual ways to write an address beside a name are known; anything else is a name."""
    assert split_person(line) == (name, email)


@pytest.mark.parametrize(
    ("raw", "email"),
    [
        ("jane@example.org", "jane@example.org"),
        (" mailto:Jane.O'Neil+x@Mail.Example.ORG ", "Jane.O'Neil+x@Mail.Example.ORG"),
        ("jane@www.example.org", "jane@www.example.org"),
        ("jane@M\u00fcnchen.example", "jane@xn--mnchen-3ya.example"),
        ("jane@www.m\u00fcnchen.example", "jane@www.xn--mnchen-3ya.example"),
        *((bad, None) for bad in ("", "@", "jane@", "@example.org", "jane@localhost", "a@@b.c")),
        ("jane@org.", None),
        *((bad, None) for bad in ("a b@c.example", "a@b .example", "a@-b.example", "a@b..c")),
        *(
            (bad, None)
            for bad in ("a@b.example/x", "a@b.example:25", "a@http://b.example", "a@1.2")
        ),
        *(
            (bad, None)
            for bad in ("jané@example.org", "a\n@b.example", "a@b.example\nBcc: c@d.example")
        ),
        ("x" * 65 + "@example.org", None),
    ],
)
def test_an_address_is_one_that_mail_reaches(raw: str, email: str | None) -> None:
    """An address has a local part and a domain with a dot, stays as written, and forges nothing."""
    assert check_email(raw) == email


@given(st.text(max_size=40) | PIECES.map("".join))
@settings(max_examples=200, deadline=None)
def test_any_line_is_split(line: str) -> None:
    """Whatever a line says, what comes out was in it, and a checked address is one word."""
    name, email = split_person(line)
    assert name in line
    assert email in line
    if checked := check_email(email):
        assert checked.isprintable()
        assert check_email(checked) == checked


@pytest.mark.parametrize("unit", ["<", "@", "a@", "(", "a@b.", "<@", " ("])
def test_splitting_takes_linear_time(unit: str) -> None:
    """The longest line that there can be is split in a moment."""
    began = time.process_time()
    split_person(unit * (65_536 // len(unit)))
    check_email(unit * (65_536 // len(unit)))
    assert time.process_time() - began < 1
