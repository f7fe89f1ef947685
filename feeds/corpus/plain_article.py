"""A document with which nothing is wrong to an article, for a third of what it takes otherwise.

It does what `frontmatter` and `article` do with the kind of document that nearly all are, and
does not read any other: what a document means, and what is wrong with it, is theirs to say.
A test holds both ways to each other.
"""

from collections.abc import Callable
from functools import lru_cache

from feeds.corpus import plain_form as form
from feeds.corpus.address import names_of
from feeds.corpus.article import ReadingRules, is_iri, is_language
from feeds.corpus.body import as_html
from feeds.corpus.dialect import FILE_NAMES, Dialect
from feeds.corpus.plain_form import Check, Reader, Unsure, as_it_is
from feeds.model import Article, Image, Person, Provider, Reading, RelatedItem, SourceFile
from feeds.syntax import SyntaxLimits, Value, Values, parse_plain_values
from feeds.text.clean import is_clean
from feeds.text.direction import turned_back
from feeds.text.markup import first_paragraph
from feeds.text.urls import check_domain, comparable, host_of

_OPENING, _CLOSING = b"---\n", b"\n---\n"


def read_plain(source: SourceFile, rules: ReadingRules, prefix: str = "") -> Reading | None:
    """Read one file's bytes; None where they have to be read in the other way.

    `prefix` is what the path has before that of the file below its corpus.
    """
    try:
        values, body = _parts(source.data, rules)
        articles = _known(rules).of(values, source.path.removeprefix(prefix))
        return Reading(source.path, articles.read(source.path, values, body))
    except Unsure:
        return None


def _parts(data: bytes, rules: ReadingRules) -> tuple[Values, str]:
    """Take a file apart into front matter and body."""
    limits = rules.limits
    if len(data) > min(limits.file_bytes, limits.front_matter_bytes):
        raise Unsure
    end = data.find(_CLOSING)
    if end < 0 or not data.startswith(_OPENING) or b"\r" in data or b"\0" in data:
        raise Unsure
    front_matter = data[len(_OPENING) : end + 1]
    values = parse_plain_values(front_matter, SyntaxLimits(limits.depth, limits.nodes))
    if not values:
        raise Unsure
    try:
        return values, data[end + len(_CLOSING) :].decode()
    except UnicodeDecodeError:
        raise Unsure from None


class _Dialects:
    """What reads the documents of a corpus, by dialect."""

    def __init__(self, rules: ReadingRules) -> None:
        self._known = [
            (
                dialect.reads_names,
                [tuple(map(form.at, paths)) for paths in dialect.recognised_by],
                _Articles(dialect, rules),
            )
            for dialect in rules.dialects
        ]

    def of(self, values: Values, path: str) -> "_Articles":
        """Find the dialect; to one that reads a file's name, what it says is one more value."""
        is_named = False
        for reads_names, marks, articles in self._known:
            if reads_names and not is_named:
                values |= names_of(path)
                is_named = True
            if len(self._known) == 1:
                return articles
            for places in marks:
                if all(place(values) is not None for place in places):
                    return articles
        raise Unsure


_known = lru_cache(maxsize=8)(_Dialects)


class _Articles:
    """Fills in articles of one dialect, field by field."""

    def __init__(self, dialect: Dialect, rules: ReadingRules) -> None:
        of, limits = dialect.of, rules.limits
        self._dialect, self._rules = dialect, rules
        self._base = rules.base_url or (rules.site_url if dialect.own_pages else None)
        check = form.url_check(self._base, limits.url_characters)
        self._listed = form.boolean(of("listed"))
        self._draft, self._removed = form.boolean(of("draft")), form.boolean(of("removed"))
        self._title = form.line(of("title"), dialect.defaults.get("title", ""))
        self._published, self._modified = map(form.instant, map(of, ("published", "modified")))
        self._url = form.own_url(of("url"), check)
        self._original = form.url(of("original_url"), check)
        self._id = form.text(of("id"))
        self._summary = form.paragraph(of("summary"))
        self._authors = form.labels(of("authors"), limits.topics)
        self._topics = form.labels(of("topics"), limits.topics)
        self._domain, self._name = self._label("provider.domain"), self._label("provider.name")
        self._kind, self._language = self._label("type"), self._label("language")
        self._category, self._said_rights = self._label("category"), self._label("rights")
        self._quality, self._heat = form.whole(of("quality")), form.whole(of("heat"))
        self._has_files = form.present(of("enclosures"))
        self._has_player = form.present(of("player"))
        self._images = _images(dialect, check, limits.related)
        self._related = _related(dialect, check, limits.related)

    def _label(self, name: str) -> Reader[str]:
        return form.label(self._dialect.of(name), self._dialect.defaults.get(name, ""))

    def read(self, path: str, values: Values, body: str) -> Article:
        """Make an article of a document's values and body; raises `Unsure`."""
        listed = self._listed(values)
        draft, removed = self._draft(values), self._removed(values)
        withdrawn = bool(draft or removed)
        title, published = self._title(values), self._published(values)
        if not title or len(title) > self._rules.limits.title_characters:
            raise Unsure
        if published is None or published > self._rules.horizon:
            raise Unsure
        url = self._url(values)
        original = self._original(values)
        html = self._content(body, url)
        kind = self._kind(values) or "article"
        language = self._language(values) or None
        if language and not is_language(language):
            raise Unsure
        return Article(
            path=path,
            title=title,
            url=url,
            published=published,
            provider=_provider(self._domain(values), self._name(values), url),
            explicit_id=self._explicit_id(values),
            modified=self._modified(values),
            original_url=original if original != url else None,
            summary=self._summary(values) or first_paragraph(html),
            content=html,
            authors=self._persons(values),
            topics=self._topics(values),
            images=self._images(values),
            player=self._player(values, kind, url),
            related=self._related(values, url),
            rights=self._rights(values),
            category=self._category(values) or None,
            kind=kind,
            language=language,
            quality=self._quality(values),
            heat=self._heat(values),
            listed=listed is not False and not withdrawn,
            withdrawn=withdrawn,
        )

    def _content(self, body: str, url: str) -> str:
        if not body or body.isspace():
            return ""
        if not is_clean(body):
            raise Unsure
        html = as_html(as_it_is(body), self._dialect, self._base, url)
        if turned_back(html) is not html:
            raise Unsure
        return html

    def _explicit_id(self, values: Values) -> str | None:
        text = self._id(values)
        if text and not (len(text) <= self._rules.limits.url_characters and is_iri(text)):
            raise Unsure
        return text or None

    def _persons(self, values: Values) -> tuple[Person, ...]:
        """Take authors that are names only."""
        names = self._authors(values)
        if any("@" in name for name in names):
            raise Unsure
        return tuple(map(Person, names))

    def _player(self, values: Values, kind: str, url: str) -> str | None:
        """Be sure that there is no file, and no player but the article itself."""
        is_video = kind == "video"
        may_be_played = is_video or not self._dialect.of("type").paths
        if self._has_files(values) or (may_be_played and self._has_player(values)):
            raise Unsure
        return url if is_video else None

    def _rights(self, values: Values) -> str:
        said = self._said_rights(values)
        return "" if said in {"true", "false"} else said


def _items(dialect: Dialect, name: str, limit: int) -> Reader[list[Value]]:
    """Read the items of a list whose fields stand in themselves."""
    sources = dialect.of(name)
    written = form.items(sources, limit)
    paths = [path for _, field in sources.fields for path in field.paths]
    reads_names = dialect.reads_names and any(path[0] in FILE_NAMES for path in paths)

    def read(values: Values) -> list[Value]:
        if reads_names:
            raise Unsure
        return written(values)

    return read


def _images(dialect: Dialect, check: Check, limit: int) -> Reader[tuple[Image, ...]]:
    of, items = dialect.of("images").of, _items(dialect, "images", limit)
    urls, alternatives = form.url(of("url"), check), form.line(of("alternative"))
    widths, heights = form.whole(of("width")), form.whole(of("height"))

    def read(values: Values) -> tuple[Image, ...]:
        found: dict[str, Image] = {}
        for item in items(values):
            if type(item) is dict:
                url, alternative = _sure(urls(item)), alternatives(item)
                width, height = _positive(widths(item)), _positive(heights(item))
                found[url] = Image(url, width, height, alternative)
            else:
                url = check(item)
                found[url] = Image(url)
        return tuple(found.values())

    return read


def _related(
    dialect: Dialect, check: Check, limit: int
) -> Callable[[Values, str], tuple[RelatedItem, ...]]:
    of, items = dialect.of("related").of, _items(dialect, "related", limit)
    urls, titles, dates = (
        form.url(of("url"), check),
        form.line(of("title")),
        form.instant(of("published")),
    )
    domains, names = form.label(of("provider.domain")), form.label(of("provider.name"))

    def read(values: Values, own_url: str) -> tuple[RelatedItem, ...]:
        found: dict[str, RelatedItem] = {}
        for item in items(values):
            fields = item if type(item) is dict else {}
            url = _sure(urls(fields)) if type(item) is dict else check(item)
            title, published = titles(fields) or url, dates(fields)
            provider = _provider(domains(fields), names(fields), url)
            found.setdefault(comparable(url), RelatedItem(url, title, published, provider))
        found.pop(comparable(own_url), None)
        return tuple(found.values())

    return read


def _provider(written: str, name: str, url: str) -> Provider:
    if written:
        return _named(written, name)
    domain = host_of(url)
    return Provider(domain, name or domain)


@lru_cache(maxsize=1_024)
def _named(written: str, name: str) -> Provider:
    domain = _sure(check_domain(written))
    return Provider(domain, name or domain)


def _sure(text: str | None) -> str:
    if text is None:
        raise Unsure
    return text


def _positive(number: int | None) -> int | None:
    return number if number and number > 0 else None
