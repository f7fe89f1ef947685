"""Where a document says what decides over it: the key, and its place in the file."""

from typing import NamedTuple

from feeds.corpus.article import ReadingRules, form_of
from feeds.corpus.dialect import Dialect
from feeds.corpus.form import AnyValue, Form
from feeds.corpus.frontmatter import read_document
from feeds.corpus.withholding import DECIDING
from feeds.model import Scalar, SourceFile
from feeds.syntax import SyntaxProblem
from feeds.text.clean import shown


class Origin(NamedTuple):
    """A value as it stands in a document; `line` counts from 1, 0 for what the path says."""

    key: str
    value: str
    line: int
    column: int


class Origins(NamedTuple):
    """Of a document its dialect, what holds it back, and what its date is read from."""

    dialect: str = ""
    holding: tuple[Origin, ...] = ()
    date: Origin | None = None


def find_origins(source: SourceFile, rules: ReadingRules, prefix: str = "") -> Origins:
    """Find out where a document says what decides over it; nothing of what cannot be read."""
    try:
        found = form_of(read_document(source, rules.limits), rules, prefix)
    except SyntaxProblem:
        return Origins()
    if found is None:
        return Origins()
    dialect, form = found
    date = form.text(dialect.of("published"))
    return Origins(dialect.name, _holding(dialect, form), _origin(date) if date else None)


def _holding(dialect: Dialect, form: Form) -> tuple[Origin, ...]:
    """Give what says that the document is not to be published."""
    found: list[Origin] = []
    for name, published in DECIDING.items():
        sources = dialect.of(name)
        try:
            said = form.boolean(sources)
        except ValueError:
            continue
        if said is not None and said is not published:
            found += map(_origin, list(form.all_values(sources))[:1])
    return tuple(found)


def _origin(value: AnyValue) -> Origin:
    node = value.node
    text = shown(node.text)[1:-1] if isinstance(node, Scalar) else ""
    return Origin(value.key, text, node.line, node.column)
