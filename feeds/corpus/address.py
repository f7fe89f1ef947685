"""Where a page of a site is, when its document says so only by its path and date."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from urllib.parse import quote

from feeds.corpus.dialect import Sources
from feeds.corpus.form import Form, Value, flat
from feeds.model import Scalar

_DATED_NAME = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})[-_](.+)")
_DAY = re.compile(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_WORDS_APART = re.compile("[-_]+")
_PLACEHOLDER = re.compile(r":([a-z]+)")
_SAFE = "/!$&'()*+,;=:@~"

# As Jekyll has it: a text under the plural is several, one under the singular is one.
_CATEGORIES = Sources(paths=(("category",), ("categories",)), merge=True, split=(("categories",),))
_MOST_CATEGORIES = 50


def names_of(path: str) -> dict[str, str]:
    """Give the values of `$name.…` paths: slug, title, sections and, if it has one, date."""
    folder, _, file = path.rpartition("/")
    own = file.rpartition(".")[0] or file
    if own in {"index", "_index"} and folder:
        folder, _, own = folder.rpartition("/")
    names = {"$name.slug": own, "$name.sections": folder}
    if dated := _DATED_NAME.fullmatch(own):
        names["$name.date"] = dated[1]
        names["$name.slug"] = dated[2]
    words = _WORDS_APART.sub(" ", names["$name.slug"]).strip()
    names["$name.title"] = words[:1].upper() + words[1:]
    return names


def addresses(form: Form, sources: Sources, day: date) -> Iterator[Value]:
    """Give what may be a document's URL, the preferred one first; a list's items in turn.

    A source that begins with `/` is a pattern, and so is a value that does: `:year`,
    `:month` and `:day` (of the date as the document writes it), `:categories`, `:sections`,
    `:name`, `:slug` and `:title` in it are filled in.
    """

    def filled(pattern: str) -> str:
        parts = _parts(form, day)
        path = _PLACEHOLDER.sub(lambda match: parts.get(match[1], match[0]), pattern)
        # What was filled in may be nothing, which leaves two slashes.
        return path if path == pattern else re.sub("/{2,}", "/", path)

    for path in sources.paths:
        first = str(path[0])
        if first.startswith("/"):
            root = form.root
            yield Value("url", Scalar(filled(first), root.line, root.column, plain=False))
        elif value := form.at(path):
            for item in flat(value):
                node = item.node
                if not isinstance(node, Scalar):
                    # A later path may rightly lead to a mapping that an earlier one looked into.
                    if path == sources.paths[0]:
                        yield item
                elif node.text.startswith("/") and not node.text.startswith("//"):
                    yield Value(item.key, node._replace(text=filled(node.text)))
                else:
                    yield item


def day_of(written: str, moment: datetime) -> date:
    """Give the day that a date names where it was written, not where its instant is in UTC."""
    named = _DAY.match(written)
    return date(int(named[1]), int(named[2]), int(named[3])) if named else moment.date()


def _parts(form: Form, day: date) -> dict[str, str]:
    name = form.names["$name.slug"]
    own_slug = form.line(Sources((("slug",),))) or name
    categories = form.lines(_CATEGORIES, _MOST_CATEGORIES)
    parts = {
        "year": f"{day.year:04}",
        "month": f"{day.month:02}",
        "day": f"{day.day:02}",
        "categories": "/".join(category.lower() for category in categories),
        "sections": form.names["$name.sections"],
        "name": name,
        "slug": own_slug,
        "title": own_slug,
    }
    return {key: quote(text, safe=_SAFE) for key, text in parts.items()}
