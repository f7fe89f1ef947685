"""The body of a document as HTML that feeds may carry, and what is wrong with its text."""

from feeds.corpus.dialect import Dialect
from feeds.corpus.form import Form, Value
from feeds.model import Document, Scalar
from feeds.text.clean import is_clean
from feeds.text.direction import turned_back, unpaired
from feeds.text.markup import markdown_html, safe_html
from feeds.text.mojibake import first_difference, repaired


def content(form: Form, document: Document, dialect: Dialect, url: str) -> str:
    """Give a document's body as safe HTML; nothing where there is none.

    Relative links in a page of the site are relative to the page. In an article that is
    elsewhere they are to the base of the corpus, where that has one.
    """
    body = document.body
    if not body.strip():
        return ""
    if not is_clean(body):
        _report_illegal(form, document)
    if not body.isascii() and repaired(body) is not None:
        body = _mended(form, document)
    html = as_html(body, dialect, form.base, url)
    if (kept := turned_back(html)) is not html:
        _report_turn(form, document)
    return kept


def as_html(body: str, dialect: Dialect, base: str | None, url: str) -> str:
    """Give a body with whose text nothing is wrong as safe HTML; `base` is that of the corpus."""
    html = markdown_html(body) if dialect.body == "markdown" else body
    return safe_html(html, base=url if dialect.own_pages else base or url, page=url).strip()


def _report_illegal(form: Form, document: Document) -> None:
    for line, text in enumerate(document.body.split("\n"), start=document.body_line):
        if not is_clean(text):
            column = next(at for at, char in enumerate(text, start=1) if not is_clean(char))
            message = "the body has characters that XML forbids; replaced by U+FFFD"
            form.warn("text-illegal", _place(line, column), message)
            return


def _report_turn(form: Form, document: Document) -> None:
    """Tell where the first such character is; one that is written as an entity is anywhere."""
    before = document.body[: min(unpaired(document.body), default=0)]
    line, column = before.count("\n"), len(before) - before.rfind("\n")
    message = "the body has invisible characters that turn the direction of text and not back"
    place = _place(document.body_line + line, column)
    form.warn("text-direction", place, f"{message}; removed")


def _mended(form: Form, document: Document) -> str:
    """Note the first line that was decoded wrongly, and mend all of them where that is wanted."""
    lines = document.body.split("\n")
    for at, text in enumerate(lines):
        if (mended := repaired(text)) is not None:
            place = _place(document.body_line + at, first_difference(text, mended) + 1)
            lines[at] = form.mended(place, text)
    return "\n".join(lines)


def _place(line: int, column: int) -> Value:
    return Value("", Scalar("", line, column, plain=False))
