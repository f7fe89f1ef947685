"""What the site of docs/ is held to while mkdocs makes it; see mkdocs.yml.

A reader's browser fetches nothing from elsewhere, and no page is read otherwise by mkdocs than by
the hosts of repositories, which take a list or a table for one without an empty line before it.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

# Where the address of what a browser fetches stands; that of a link is followed by people only.
_FETCHED = {"src", "srcset", "poster", "data", "background"}
_ELSEWHERE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_OF_STYLES = re.compile(r"(?:url\(|@import)\s*[\"']?([^\"')\s;]+)")
_MISREAD = re.compile(r"^(?:[-*+] |\d+[.)] |\||```|#{1,6} )", re.MULTILINE)


class _Page(HTMLParser):
    """Finds what a page has fetched, and the text of its paragraphs."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.paragraphs: list[str] = []
        self._is_paragraph = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = _FETCHED | {"href"} if tag in {"link", "use", "image"} else _FETCHED
        self.fetched += [value for name, value in attrs if name in names and value]
        styles = [value for name, value in attrs if name == "style" and value]
        self.fetched += [address for style in styles for address in _OF_STYLES.findall(style)]
        if tag == "p":
            self._is_paragraph = True
            self.paragraphs.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self._is_paragraph = False

    def handle_data(self, data: str) -> None:
        if self._is_paragraph:
            self.paragraphs[-1] += data


def faults(html: str) -> Iterator[str]:
    """Say what is wrong with a page of the site."""
    page = _Page(html)
    for address in page.fetched:
        if _ELSEWHERE.match(address):
            yield f"a browser would fetch {address}"
    for text in page.paragraphs:
        if _MISREAD.search(text):
            yield f"no paragraph is meant by: {text[:80]!r}"


def faults_of_style(style: str) -> Iterator[str]:
    """Say what is wrong with a style sheet of the site."""
    for address in _OF_STYLES.findall(style):
        if _ELSEWHERE.match(address):
            yield f"a browser would fetch {address}"


def on_post_page(output: str, **named: object) -> str:
    """Let mkdocs fail with the first page that has a fault."""
    for fault in faults(output):
        raise SystemExit(f"{named['page']}: {fault}")
    return output


def on_post_build(**named: object) -> None:
    """Let mkdocs fail with a style sheet that has a fault."""
    folder = Path(named["config"]["site_dir"])  # type: ignore[index] # it is mkdocs's
    for file in folder.rglob("*.css"):
        for fault in faults_of_style(file.read_text(encoding="utf-8")):
            raise SystemExit(f"{file}: {fault}")
