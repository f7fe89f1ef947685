"""What becomes of titles, names and excerpts."""

import re
import time

import pytest
from casebook import trying
from hypothesis import given, settings, strategies as st

from feeds.text.clean import (
    clean_line,
    clean_paragraph,
    decode_entities,
    is_clean,
    replace_illegal,
    shorten,
    shown,
)

ANYTHING = st.text(alphabet=st.characters() | st.characters(categories=["Cs", "Cc", "Cf", "Mn"]))
TAGS = ["<b>", "</p>", "<script>", "</script>", "<!--", "-->", "<", ">", '"', "'", "<a b='"]
TEXTS = ["&", "&amp;", "&lt;", "#8;", "quot;", " ", "\u00a0", "\u200b", "\u200d", "e\u0301", "x"]
MARKED = st.lists(st.sampled_from(TAGS) | st.sampled_from(TEXTS) | st.just("\ud800")).map("".join)
LEGAL = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
modest = settings(max_examples=100, deadline=None)


@pytest.mark.case(13)
@pytest.mark.parametrize(
    "character",
    ["\0", "\x08", "\x0b", "\x0c", "\x1f", "\ud800", chr(0xDFFF), "\ufffe", "\uffff"],
)
def test_what_xml_forbids_is_replaced(character: str) -> None:
    """Each character that XML 1.0 forbids becomes U+FFFD, and its neighbours stay."""
    assert not is_clean(f"a{character}b")
    assert replace_illegal(f"a{character}b") == "a\ufffdb"


@pytest.mark.parametrize(
    "text",
    ["", "plain", "a\tb\nc\rd", "\x7f", "\x85", "\ud7ff\ue000\ufffd", "\ufdd0", "\U0001ffff"],
)
def test_what_xml_allows_is_kept(text: str) -> None:
    """Text that XML 1.0 allows is the same object afterwards."""
    assert is_clean(text)
    assert replace_illegal(text) is text


@pytest.mark.case(13, 14)
@given(ANYTHING | MARKED)
@modest
def test_every_cleaned_text_is_legal(raw: str) -> None:
    """Whatever goes in, what comes out may stand in XML, on one line, without outer space."""
    for text in (clean_line(raw), clean_paragraph(raw)):
        assert LEGAL.fullmatch(text)
        assert text == " ".join(text.split())
    assert is_clean(replace_illegal(raw))


@given(ANYTHING)
@modest
def test_a_clean_line_stays(raw: str) -> None:
    """A line without entities is not changed by cleaning it again."""
    line = clean_line(raw.replace("&", "+"))
    assert clean_line(line) == line


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("Machine learning", "Machine learning"),
        ("We&#8217;re here", "We\u2019re here"),
        ("Q&amp;A &amp;amp; AT&T", "Q&A &amp; AT&T"),
        pytest.param('<b>&amp; "x"', '<b>& "x"', marks=pytest.mark.case(22)),
        ("Title\u00a0", "Title"),
        *trying(
            pytest.mark.case(14),
            ("a \t\r\n b\u0085c\u2028d\u3000e", "a b c d e"),
            ("auto\u00admatic zero\u200bwidth\u2060\ufeff", "automatic zerowidth"),
            ("\u202edlrow\u202c \u2066olleh\u2069\u200e\u200f\u061c", "dlrow olleh"),
        ),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",) * 2,
        ("\u00e2\u20ac\u02dcmojibake", "\u00e2\u20ac\u02dcmojibake"),
        ("&#8;&#xD800;&#0;&#xFFFE;x", "\ufffd\ufffdx"),
        pytest.param(
            "bad \x08 \ud800 \ufffe", "bad \ufffd \ufffd \ufffd", marks=pytest.mark.case(13)
        ),
        ("\u200b \u00a0\u200b", ""),
        ("", ""),
    ],
)
def test_a_title_becomes_one_visible_line(raw: str, line: str) -> None:
    """Entities are decoded once, the invisible is dropped, white space collapsed, markup kept."""
    assert clean_line(raw) == line


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<p>Hello <b>wor</b>ld</p><p>again</p>", "Hello world again"),
        ("one<br/>two<BR>three<hr >four", "one two three four"),
        ("less than <5% and a < b > c", "less than <5% and a < b > c"),
        ("List<String> x<y>z <me@example.org>", "List<String> x<y>z <me@example.org>"),
        ("&amp;quot;quoted&amp;quot; &amp;#8217;", '"quoted" \u2019'),
        ("&lt;b&gt; is bold", "<b> is bold"),
        ("&amp;lt;b&amp;gt; too", "<b> too"),
        ("R&amp;D &amp;copy=1 fish &amp; chips", "R&D &copy=1 fish & chips"),
        ("a<!-- no --> b <!-- open", "a b <!-- open"),
        ("<script>alert('<b>')</script>x<style>p{}</style>", "x"),
        ("The <script> element", "The element"),
        ("<a title='x > y' href=\"z\">link</a>", "link"),
        ("<p class=it's>odd</p>", "odd"),
        ('cut off <a href="https://example.org/', "cut off"),
        ('for i <n and k="3', 'for i <n and k="3'),
        ("<!DOCTYPE html><html>x</html>", "x"),
        ("<<b>b>", "<b>"),
        ("<\u017f> is no <s>", "<\u017f> is no"),
    ],
)
def test_an_excerpt_becomes_plain_text(raw: str, text: str) -> None:
    """Written tags are dropped, what entities spell is text, and other angle brackets stay."""
    assert clean_paragraph(raw) == text


@pytest.mark.parametrize(
    "raw", ["NA", "n/a", " N/A\u00a0", "null", "None", "-", ".", "...", "\u2026", "<p>-</p>", " "]
)
def test_a_placeholder_is_no_excerpt(raw: str) -> None:
    """A placeholder says nothing, so nothing comes out."""
    assert clean_paragraph(raw) == ""


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("&amp;&lt;&eacute;&#x27;&#39;", "&<\u00e9''"),
        ("?a=1&copy=1&lt", "?a=1&copy=1&lt"),
        ("&nosuch; &; &#; &#x;", "&nosuch; &; &#; &#x;"),
        ("&amp;amp;", "&amp;"),
        ("&#8;", "\ufffd"),
    ],
)
def test_only_terminated_entities_are_decoded(raw: str, text: str) -> None:
    """An entity without its semicolon, or with an unknown name, is the text that it is."""
    assert decode_entities(raw) == text


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("hello world", 11, "hello world"),
        ("hello world again", 12, "hello world\u2026"),
        ("hello world again", 11, "hello\u2026"),
        ("hello, world", 9, "hello\u2026"),
        ("One sentence. Another", 14, "One sentence\u2026"),
        ("abcdefghij", 5, "abcd\u2026"),
        ("e\u0301e\u0301e\u0301", 4, "e\u0301\u2026"),
        ("ab\U0001f44d\U0001f3fdcd", 4, "ab\u2026"),
        ("ab\U0001f468\u200d\U0001f469cd", 5, "ab\u2026"),
        ("\u4eba\u5de5\u667a\u80fd\u6539\u53d8", 5, "\u4eba\u5de5\u667a\u80fd\u2026"),
        ("AI \u4eba\u5de5\u667a\u80fd\u6539\u53d8", 6, "AI \u4eba\u5de5\u2026"),
        ("....... x", 5, "....\u2026"),
        ("word", 1, "\u2026"),
        ("word", 0, ""),
        ("word", -1, ""),
        ("", 0, ""),
    ],
)
def test_text_is_cut_between_words(text: str, limit: int, short: str) -> None:
    """A cut falls between words, in a long word between whole characters, and shows."""
    assert shorten(text, limit) == short


@given(ANYTHING | MARKED, st.integers(min_value=1, max_value=20))
@modest
def test_a_short_text_is_a_beginning(text: str, limit: int) -> None:
    """A shortened text is within the limit and is how the text begins."""
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == text or (short.endswith("\u2026") and text.startswith(short[:-1]))


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("2021-13-45", '"2021-13-45"'),
        ("a\nb\tc\0", '"a\\nb\\tc\\x00"'),
        ("\u2028\u202e\ud800\U000e0001", '"\\u2028\\u202e\\ud800\\U000e0001"'),
        ("é" * 80, f'"{"é" * 80}"'),
        ("é" * 81, f'"{"é" * 79}\u2026"'),
    ],
)
def test_a_value_cannot_forge_a_message(value: str, quoted: str) -> None:
    """A value in a message is cut at 80 characters, and what does not print is escaped."""
    assert shown(value) == quoted


@pytest.mark.parametrize(
    "unit", ["<!--", "<script>", '<a "', "<a '", "<b x=", "&amp;", "<a =", "<", '<a b="', "<p ' \""]
)
def test_cleaning_takes_linear_time(unit: str) -> None:
    """The largest excerpt there can be is cleaned in far less time than a quadratic scan takes."""
    began = time.process_time()
    clean_paragraph(unit * (65_536 // len(unit)))
    assert time.process_time() - began < 1
