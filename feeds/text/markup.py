"""HTML made safe to emit, Markdown made HTML, and the first paragraph of either.

`nh3` decides what is markup; this decides which of it a feed reader gets to see.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextvars import ContextVar
from functools import cache
from html import escape
from typing import TYPE_CHECKING

import nh3

from feeds.text.clean import clean_line, clean_paragraph, replace_illegal, shorten
from feeds.text.urls import UrlProblem, check_url

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


def _names(written: str) -> frozenset[str]:
    return frozenset(written.split())


_FORMATTING = _names("b code em i s small strong u")
_TAGS = _names(
    "a abbr address article aside audio bdi bdo blockquote br caption cite col colgroup dd del"
    " details dfn div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr img ins kbd li"
    " main mark ol p pre q rp rt ruby samp section source sub summary sup table tbody td tfoot th"
    " thead time tr ul var video wbr"
)
_ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href", "title", "hreflang"},
    "abbr": {"title"},
    "audio": {"src", "type", "controls"},
    "col": {"span"},
    "colgroup": {"span"},
    "img": {"src", "alt", "width", "height", "title"},
    "ol": {"start", "reversed"},
    "li": {"value"},
    "source": {"src", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "video": {"src", "type", "controls", "poster", "width", "height"},
}
_WITHOUT_CONTENT = _names(
    "applet button canvas embed form frameset iframe map math noembed noframes noscript object"
    " plaintext script select style svg template textarea title xmp"
)
_MAILTO = re.compile(r"mailto:[A-Za-z0-9/._~!$()*+,;=:@?&%'-]+", re.ASCII | re.IGNORECASE)

# HTML reopens these "formatting elements" in every block that follows one in which they were
# left open (HTML Standard, section 13.2.4.3), and gathers all attributes of `html` and `body`:
# 1 MB in may give 30 GB out. Under names of their own they are elements like all others.
_HIDDEN = "b|code|em|i|s|small|strong|u|big|font|nobr|strike|tt|html|body"
_HIDE = re.compile(rf"<(/?)({_HIDDEN})(?=[\s/>])", re.ASCII | re.IGNORECASE)
_UNHIDE = re.compile(rf"<(/?)x-({_HIDDEN})(?=[\s/>])", re.ASCII | re.IGNORECASE)

# Below the first a document is cheap whatever it says. Parsing compares each tag with those
# open around it, and each attribute with those before it: the others bound both to a few seconds.
_CHEAP_CHARACTERS = 40_000
_COMPARISONS = 200_000_000
_ATTRIBUTES_OF_ONE_TAG = 10_000
_OPENING = re.compile("<([a-z]+)", re.ASCII | re.IGNORECASE)
_SEPARATOR = re.compile(r"[\s/\"']")
_LEAF = re.compile(r"<([a-z]+)(?: [a-z-]+=\"[^\"<>]*+\")*+>[^<]*+</\1>")
_CLOSED_BY_THE_NEXT = _names("p li dt dd tr td th a br hr img")

_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)(?:\s(?:[^<>\"]|\"[^\"]*+\")*+)?>")
_HEADINGS = _names("h1 h2 h3 h4 h5 h6 figcaption")
_IN_A_LINE = _FORMATTING | _names(
    "a abbr bdi bdo cite del dfn img ins kbd mark q rp rt ruby samp sub sup time var wbr"
)
_WORD = re.compile(r"\w")

# What is left of a picture whose address was none, and of the other versions of a picture.
_NOTHING = re.compile(
    r"<source(?: (?!src=)[a-z]+=\"[^\"]*+\")*+>|<img(?: (?!src=|alt=\"[^\"])[a-z]+=\"[^\"]*+\")*+>"
)

# What addresses in the document that is being cleaned are relative to: its base, and itself.
_PLACE: ContextVar[tuple[str | None, str | None]] = ContextVar("_PLACE")

_VOID = _names("br col hr img link meta source wbr")


def safe_html(raw: str, *, base: str | None = None, page: str | None = None) -> str:
    """Give what of some HTML a feed may carry: balanced, and nothing in it can act.

    Elements and attributes that are not allowed are dropped, with their content where it is
    no text. URLs are checked, relative ones resolved against `base` and dropped without it;
    those that are a mere fragment are of `page`, where that is given.
    A document whose markup would take more than a few seconds becomes one plain paragraph.
    """
    legal = replace_illegal(raw)
    if _is_costly(legal):
        text = clean_paragraph(legal)
        return element("p", escape_text(text)) if text else ""
    place = _PLACE.set((base, page or base))
    try:
        safe = _cleaner().clean(_HIDE.sub(r"<\1x-\2", legal))
    finally:
        _PLACE.reset(place)
    return replace_illegal(_NOTHING.sub("", _UNHIDE.sub(r"<\1\2", safe)))


def markdown_html(raw: str) -> str:
    """Render CommonMark with tables and strikethrough; HTML in it comes out as it is, unsafe."""
    html: str = _markdown().render(replace_illegal(raw))
    return html


def iframe_sources(raw: str) -> tuple[str, ...]:
    """Give what the frames in some HTML show, as it is written there; all else is left out."""
    found: list[str] = []

    def take(_tag: str, _name: str, value: str) -> None:
        found.append(value)

    if "<iframe" in raw.lower() and not _is_costly(raw):
        nh3.clean(
            replace_illegal(raw),
            tags={"iframe"},
            attributes={"iframe": {"src"}},
            attribute_filter=take,
        )
    return tuple(found)


def first_paragraph(safe: str, limit: int = 300) -> str:
    """Give the text of the first block of safe HTML that has words, of at most `limit` characters.

    Headings and captions count only where there is nothing else.
    """
    heading = ""
    for name, text in _blocks(safe):
        if _WORD.search(text):
            if name not in _HEADINGS:
                return shorten(text, limit)
            heading = heading or text
    return shorten(heading, limit)


def escape_text(text: str) -> str:
    """Escape text to stand between tags, characters that XML forbids replaced."""
    return escape(replace_illegal(text), quote=False)


def escape_attribute(text: str) -> str:
    """Escape text to stand in an attribute's value, in quotes of either kind."""
    return escape(replace_illegal(text), quote=True)


def element(name: str, content: str = "", **attributes: str) -> str:
    """Write an element; `content` is markup, the values of attributes are text."""
    written = "".join(f' {key}="{escape_attribute(text)}"' for key, text in attributes.items())
    return f"<{name}{written}>" if name in _VOID else f"<{name}{written}>{content}</{name}>"


@cache
def _markdown() -> "MarkdownIt":
    # Loaded with the first document in Markdown: many corpora have none.
    from markdown_it import MarkdownIt  # noqa: PLC0415

    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def _keep(tag: str, name: str, value: str) -> str | None:
    """Give an attribute as it may be; addresses are resolved against those of `_PLACE`."""
    text = _UNHIDE.sub(r"<\1\2", value) if "<" in value else value
    if name not in {"href", "src", "poster"} or (tag == "a" and _MAILTO.fullmatch(text)):
        return text
    base, page = _PLACE.get()
    try:
        return check_url(text, base=page if text.startswith("#") else base)
    except UrlProblem:
        return None


@cache
def _cleaner() -> nh3.Cleaner:
    """Give what knows the rules, which takes longer to make than most documents to clean."""
    return nh3.Cleaner(
        tags=_TAGS | {f"x-{name}" for name in _FORMATTING},
        clean_content_tags=_WITHOUT_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep,
        link_rel=None,
        url_schemes={"http", "https", "mailto"},
    )


def _is_costly(html: str) -> bool:
    """Bound the work from above by what is written, which no trick can make less than it is."""
    if len(html) <= _CHEAP_CHARACTERS:
        return False
    names = Counter(name.lower() for name in _OPENING.findall(html))
    tags = names.total() + html.count("</")
    names.subtract(_LEAF.findall(html))
    flat = () if "svg" in names or "math" in names else _CLOSED_BY_THE_NEXT
    deepest = sum(count for name, count in names.items() if name not in flat)
    if deepest * tags > _COMPARISONS:
        return True
    inside = (piece.partition("<")[2] for piece in html.split(">"))
    return any(len(_SEPARATOR.findall(tag)) > _ATTRIBUTES_OF_ONE_TAG for tag in inside)


def _blocks(html: str) -> Iterator[tuple[str, str]]:
    """Give each run of inline markup as text, cleaned, with the name of the block it is in."""
    run: list[str] = []
    block, end = "", 0
    for tag in _TAG.finditer(html):
        run.append(html[end : tag.start()])
        end = tag.end()
        if tag[2] == "br":
            run.append(" ")
        elif tag[2] not in _IN_A_LINE:
            yield block, clean_line("".join(run))
            run.clear()
            block = "" if tag[1] else tag[2]
    yield block, clean_line("".join(run) + html[end:])
