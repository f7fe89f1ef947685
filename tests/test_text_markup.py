"""What a feed shows of HTML and Markdown."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings, strategies as st

from feeds.text.clean import is_clean
from feeds.text.markup import (
    element,
    escape_attribute,
    escape_text,
    first_paragraph,
    iframe_sources,
    markdown_html,
    safe_html,
)

BASE = "https://b.example/d/"
VOID = {"br", "col", "hr", "img", "source", "wbr"}
ACTIVE = {"script", "style", "iframe", "form", "svg", "math", "object", "embed", "base", "meta"}
ANYTHING = st.text(alphabet=st.characters() | st.characters(categories=["Cs", "Cc"]))
OPENINGS = ["<p>", "<b>", "<i x", "<a href=", "<img src=", "<table>", "<td>", "<tr>", "<select>"]
HOSTILE = ["<script>", "<svg>", "<math>", "<style>", "<iframe ", "<form>", "<template>", "<title>"]
CLOSINGS = ["</p>", "</b>", "</script>", "</style>", "</x-b>", "-->", ">", '"', "'", "</select>"]
ODDITIES = [
    "<!--",
    "<x-b>",
    "<noscript>",
    "<plaintext>",
    "<![CDATA[",
    "&lt;",
    "&#8;",
    "\0",
    "\ud800",
]
VALUES = ["javascript:x", "JAVASCRIPT&colon;x", "x onerror=y", " onload=z ", "srcdoc=", "//h", "/r"]
MARKED = st.lists(
    st.one_of(*map(st.sampled_from, (OPENINGS, HOSTILE, CLOSINGS, ODDITIES, VALUES))), max_size=15
).map("".join)
modest = settings(max_examples=200, deadline=None)


class Checker(HTMLParser):
    """Fails on what a feed must not carry and on an element that is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check the tag and its attributes."""
        assert tag not in ACTIVE
        for name, value in attrs:
            assert not name.startswith("on")
            assert name not in {"style", "class", "id", "srcset", "srcdoc", "rel", "target"}
            if name in {"href", "src", "poster"}:
                assert re.match("https?://|mailto:", value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check that the tag closes the innermost element."""
        assert self.open.pop() == tag


def check(html: str) -> None:
    """Assert that some HTML is legal, balanced and cannot act."""
    checker = Checker()
    checker.feed(html)
    checker.close()
    assert not checker.open
    assert is_clean(html)


@pytest.mark.case(20)
@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("plain & text", "plain &amp; text"),
        ("<p>a&nbsp;b", "<p>a&nbsp;b</p>"),
        ("<h2>x</h2><ul><li>1<li>2</ul>", "<h2>x</h2><ul><li>1</li><li>2</li></ul>"),
        ("<B class=c style=s id=i onclick=f>x</B>", "<b>x</b>"),
        ("<code>&lt;b&gt;</code>", "<code>&lt;b&gt;</code>"),
        pytest.param("<p>]]></p>", "<p>]]&gt;</p>", marks=pytest.mark.case(21)),
        ("a<script>x</script><style>y</style>b", "ab"),
        ("a<iframe src=x>y</iframe><form><p>x</form><object>y</object>b", "ab"),
        ("a<svg><a href=x>y</a></svg><math><mi>x</math><noscript><img></noscript>b", "ab"),
        ("<font color=red>x</font><span>y</span><center>z</center>", "xyz"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><p>&e;', "]&gt;<p>&amp;e;</p>"),
        (
            "<img src=http://a.example/i.png srcset=x alt='<b >' width=1 onerror=x>",
            '<img src="http://a.example/i.png" alt="&lt;b &gt;" width="1">',
        ),
        ("\0\x08&#8;&#xFFFE;\ud800", "\ufffd" * 5),
        ("<b title=1>one<p>two", "<b>one<p>two</p></b>"),
        ("<table><td>x", "<table><tbody><tr><td>x</td></tr></tbody></table>"),
    ],
)
def test_only_what_a_reader_shows_is_left(raw: str, safe: str) -> None:
    """Elements and attributes of text stay, all others go, what acts with its content."""
    assert safe_html(raw) == safe
    check(safe)


@pytest.mark.case(20, 24)
@pytest.mark.parametrize(
    ("raw", "without_base", "with_base"),
    [
        ("<a href='/x'>", "<a></a>", '<a href="https://b.example/x"></a>'),
        ("<img src=i.png>", "", '<img src="https://b.example/d/i.png">'),
        ("<img src=i.png alt=a>", '<img alt="a">', '<img src="https://b.example/d/i.png" alt="a">'),
        ("<a href='#top'>", "<a></a>", '<a href="https://b.example/d/#top"></a>'),
        ("<a href='?x'>", "<a></a>", '<a href="https://b.example/d/?x"></a>'),
        ("<a href='tel:+1'>", "<a></a>", "<a></a>"),
        (
            "<base href='https://x.example/'><a href=y>",
            "<a></a>",
            '<a href="https://b.example/d/y"></a>',
        ),
        ("<a href='//h.example'>", "<a></a>", '<a href="https://h.example"></a>'),
        ("<a href='http://c.example/é z'>",) + ('<a href="http://c.example/%C3%A9%20z"></a>',) * 2,
        ("<a href='http://u:p@c.example/'>", "<a></a>", "<a></a>"),
        ("<a href='javascript:x'>", "<a></a>", "<a></a>"),
        ("<a href=' java\nscript:x'>", "<a></a>", "<a></a>"),
        ("<a href='javascript&amp;colon;x'>", "<a></a>", "<a></a>"),
        ("<a href='mailto:a@a.example'>",) + ('<a href="mailto:a@a.example"></a>',) * 2,
        ("<a href='mailto:a@a.example\n'>", "<a></a>", "<a></a>"),
        (
            "<a href='ma\u0131lto:a@a.example'>",
            "<a></a>",
            '<a href="https://b.example/d/ma%C4%B1lto:a@a.example"></a>',
        ),
        ("<img src='mailto:a@a.example'>", "", ""),
        ("<img src='data:image/png;base64,AA' alt='' width=1>", "", ""),
        (
            "<picture><source srcset=/a type=b><img src=//h.example/i></picture>",
            "",
            '<img src="https://h.example/i">',
        ),
        (
            "<video poster=/p src=//v.example/>",
            "<video></video>",
            '<video poster="https://b.example/p" src="https://v.example/"></video>',
        ),
    ],
)
def test_every_url_is_absolute_and_checked(raw: str, without_base: str, with_base: str) -> None:
    """A URL is checked, resolved against the base, and dropped when it cannot be."""
    assert safe_html(raw) == without_base
    assert safe_html(raw, base=BASE) == with_base


def test_a_fragment_is_one_of_the_page() -> None:
    """A link to a place in the same page leads to the page, whatever its other links are below."""
    html = safe_html('<a href="#a">x</a><a href="y">y</a>', base=BASE, page="https://p.example/q")
    assert html == '<a href="https://p.example/q#a">x</a><a href="https://b.example/d/y">y</a>'


@pytest.mark.parametrize(
    ("raw", "sources"),
    [
        ("", ()),
        ("https://v.example/1", ()),
        ("<p>no frame, but <b>markup</b></p>", ()),
        (
            '<iframe src="https://v.example/1?a=1&amp;b=2"></iframe>',
            ("https://v.example/1?a=1&b=2",),
        ),
        ("<div><IFRAME width=1 SRC=//v.example/1 onload=x>", ("//v.example/1",)),
        ("<iframe src=https://a.example/><iframe src=https://b.example/>", ("https://a.example/",)),
        (
            "<iframe src=https://a.example/></iframe><iframe src=y></iframe>",
            ("https://a.example/", "y"),
        ),
        ("<iframe srcdoc='<iframe src=x>'></iframe>", ()),
        ("<!-- <iframe src=https://a.example/> --><script>'<iframe src=x>'</script>", ()),
        ("<iframe data-src=x></iframe>", ()),
    ],
)
def test_what_frames_show_is_found(raw: str, sources: tuple[str, ...]) -> None:
    """The addresses of frames are those that a browser would load, as they are written."""
    assert iframe_sources(raw) == sources


@pytest.mark.case(20)
@given(ANYTHING | MARKED)
@modest
def test_no_html_can_act(raw: str) -> None:
    """Whatever goes in, what comes out is legal, balanced, and has nothing that acts."""
    check(safe_html(raw))
    check(safe_html(raw, base=BASE))
    check(safe_html(markdown_html(raw), base=BASE))


@given(ANYTHING | MARKED)
@modest
def test_the_first_paragraph_of_anything_is_plain(raw: str) -> None:
    """The first paragraph is one line within its limit, whatever the document."""
    text = first_paragraph(safe_html(raw), 20)
    assert len(text) <= 20
    assert is_clean(text)
    assert text == " ".join(text.split())


@pytest.mark.case(20)
@pytest.mark.parametrize(
    "hostile",
    [
        "".join(f"<b title={n}><p>" for n in range(40_000)),
        "<i><b><u><s><p>" * 40_000,
        "<div>" * 200_000,
        "<div><!--</div>-->" * 50_000,
        "<svg>" + "<td>" * 200_000,
        "<div>" * 4_000 + "<p></p>" * 40_000,
        "".join(f"<html a{n}=1>" for n in range(60_000)),
        "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">",
        '<span a=">x</span>">' * 50_000,
        "<img alt=" * 60_000,
        '<img alt="" width="1"' * 40_000,
    ],
)
def test_markup_cannot_take_all_time(hostile: str) -> None:
    """A megabyte made to cost hours or gigabytes costs a moment, and gives no more than it was."""
    began = time.process_time()
    html = safe_html(hostile)
    assert time.process_time() - began < 10
    assert len(html) < 3 * len(hostile)


def test_a_long_document_keeps_its_markup() -> None:
    """A document that is merely long is not taken for a hostile one."""
    html = '<p>Some <strong>bold</strong> <a href="https://a.example/">link</a></p>' * 10_000
    assert safe_html(html) == html


@pytest.mark.case(20)
def test_what_is_too_costly_becomes_text() -> None:
    """A document whose markup would cost too much keeps its words."""
    assert safe_html("<div>" * 50_000 + "a &lt; b") == "<p>a &lt; b</p>"


@pytest.mark.parametrize(
    ("raw", "html"),
    [
        ("# T\n\na *b* `c` ~~d~~", "<h1>T</h1>\n<p>a <em>b</em> <code>c</code> <s>d</s></p>\n"),
        ("| a |\n|---|\n| 1 |", None),
        ("<p>html <i>x</i></p>", "<p>html <i>x</i></p>"),
        ("[x](http://a.example/ 'y')", '<p><a href="http://a.example/" title="y">x</a></p>\n'),
        ("---\n", "<hr />\n"),
        ("\x08\ud800", "<p>\ufffd\ufffd</p>\n"),
        ("", ""),
    ],
)
def test_markdown_becomes_html(raw: str, html: str | None) -> None:
    """CommonMark, tables and strikethrough are rendered, and HTML passes through."""
    rendered = markdown_html(raw)
    assert rendered == html if html is not None else "<td>1</td>" in rendered


@pytest.mark.parametrize(
    ("safe", "text"),
    [
        ("<p></p><p>Hi <b>the</b>re,<br>you</p><p>2</p>", "Hi there, you"),
        ("<h1>Title</h1><p>Text</p>", "Text"),
        ("<h1>Only a title</h1>", "Only a title"),
        ("bare<p>x</p>", "bare"),
        ("<p>\u2014</p><p>words</p>", "words"),
        ('<p>H<sub>2</sub>O <img alt="a > b"> is wet</p>', "H2O is wet"),
        ("<figure><figcaption>Photo</figcaption></figure><p>x</p>", "x"),
        ("<ul><li>one</li><li>two</li></ul>", "one"),
        ("<p>1 &lt; 2&nbsp;&amp;amp;</p>", "1 < 2 &amp;"),
        ("<p>" + "word " * 100 + "</p>", "word word word word\u2026"),
        ("<hr>", ""),
        ("", ""),
    ],
)
def test_the_first_paragraph_is_found(safe: str, text: str) -> None:
    """The first block with words is the paragraph; headings only where nothing else is."""
    assert first_paragraph(safe, 20) == text


def test_markup_is_composed_safely() -> None:
    """Text is escaped where it stands, and characters that XML forbids are replaced."""
    assert escape_text("<a> & \"b\" 'c' \0") == "&lt;a&gt; &amp; \"b\" 'c' \ufffd"
    assert escape_attribute("<\"'&\ud800") == "&lt;&quot;&#x27;&amp;\ufffd"
    assert element("a", "<b>x</b>", href='?a&"') == '<a href="?a&amp;&quot;"><b>x</b></a>'
    assert element("img", src="x", alt="") == '<img src="x" alt="">'
    assert element("p") == "<p></p>"
