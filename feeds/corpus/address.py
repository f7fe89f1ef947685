"""Where a page of a site is, when its document says so only by its path and date."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath

from feeds.corpus.dialect import Sources
from feeds.corpus.form import Form, Value
from feeds.model import Scalar
from feeds.text.slugs import slug

_DATED_NAME = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})[-_](.+)")
_PLACEHOLDER = re.compile(r":([a-z]+)")
_CATEGORIES = Sources((("categories",), ("category",)), split=True)
_DEEPEST = 10


def names_of(path: str) -> dict[str, str]:
    """Give the values of `$name.…` paths: slug, title, sections and, if it has one, date."""
    pure = PurePosixPath(path)
    is_bundle = pure.stem in {"index", "_index"} and pure.parent.name != ""
    own = pure.parent if is_bundle else pure.with_suffix("")
    names = {"$name.slug": own.name, "$name.sections": "/".join(own.parent.parts)}
    if dated := _DATED_NAME.fullmatch(own.name):
        names["$name.date"] = dated[1]
        names["$name.slug"] = dated[2]
    words = re.sub(r"[-_]+", " ", names["$name.slug"]).strip()
    names["$name.title"] = words[:1].upper() + words[1:]
    return names


def addresses(form: Form, sources: Sources, published: datetime) -> Iterator[Value]:
    """Give what may be a document's URL, the preferred one first.

    A source that begins with `/` is a pattern, and so is a value that does: `:year`,
    `:month`, `:day`, `:categories`, `:sections`, `:name`, `:slug` and `:title` in it are
    filled in.
    """

    def filled(pattern: str) -> str:
        parts = _parts(form, published)
        path = _PLACEHOLDER.sub(lambda match: parts.get(match[1], match[0]), pattern)
        return re.sub("/{2,}", "/", path)

    for path in sources.paths:
        first = str(path[0])
        if first.startswith("/"):
            yield Value("url", Scalar(filled(first), 0, 0, plain=False))
        elif value := form.text(Sources((path,))):
            node = value.node
            if node.text.startswith("/") and not node.text.startswith("//"):
                node = node._replace(text=filled(node.text))
            yield Value(value.key, node)


def _parts(form: Form, published: datetime) -> dict[str, str]:
    name = form.names["$name.slug"]
    own_slug = form.line(Sources((("slug",),))) or name
    return {
        "year": f"{published:%Y}",
        "month": f"{published:%m}",
        "day": f"{published:%d}",
        "categories": "/".join(slug(name) for name in form.lines(_CATEGORIES, _DEEPEST)),
        "sections": form.names["$name.sections"],
        "name": name,
        "slug": own_slug,
        "title": own_slug,
    }
