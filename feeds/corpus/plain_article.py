"""A document with which nothing is wrong to an article, for a third of what it takes otherwise.

It does what `frontmatter` and `article` do with the kind of document that nearly all are, and
does not read any other: what a document means, and what is wrong with it, is theirs to say.
A test holds both ways to each other.
"""

from feeds.corpus.address import names_of
from feeds.corpus.article import ReadingRules, is_iri, is_language
from feeds.corpus.body import as_html
from feeds.corpus.dialect import FILE_NAMES, Dialect, Path, Sources
from feeds.corpus.plain_form import PlainForm, Unsure, as_it_is, find
from feeds.model import Article, Image, Person, Provider, Reading, RelatedItem, SourceFile
from feeds.syntax import SyntaxLimits, Value, Values, parse_plain_values
from feeds.text.clean import is_clean
from feeds.text.markup import first_paragraph
from feeds.text.urls import check_domain, comparable, host_of

_OPENING, _CLOSING = "---\n", "\n---\n"


def read_plain(source: SourceFile, rules: ReadingRules, prefix: str = "") -> Reading | None:
    """Read one file's bytes; None where they have to be read in the other way.

    `prefix` is what the path has before that of the file below its corpus.
    """
    try:
        values, body = _parts(source.data, rules)
        dialect = _dialect(values, rules.dialects, source.path.removeprefix(prefix))
        base = rules.base_url or (rules.site_url if dialect.own_pages else None)
        form = PlainForm(values, rules.limits.url_characters, base)
        return Reading(source.path, _Reader(form, dialect, rules).article(source.path, body))
    except Unsure:
        return None


def _parts(data: bytes, rules: ReadingRules) -> tuple[Values, str]:
    """Take a file apart into front matter and body."""
    limits = rules.limits
    if len(data) > min(limits.file_bytes, limits.front_matter_bytes):
        raise Unsure
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Unsure from None
    end = text.find(_CLOSING)
    if end < 0 or not text.startswith(_OPENING) or "\r" in text or "\0" in text:
        raise Unsure
    front_matter = text[len(_OPENING) : end + 1]
    values = parse_plain_values(front_matter, SyntaxLimits(limits.depth, limits.nodes))
    if not values:
        raise Unsure
    return values, text[end + len(_CLOSING) :]


def _dialect(values: Values, dialects: tuple[Dialect, ...], path: str) -> Dialect:
    """Find the dialect; to one that reads a file's name, what it says is a value like others."""
    is_named = False
    for dialect in dialects:
        if dialect.reads_names and not is_named:
            values |= names_of(path)
            is_named = True
        if len(dialects) == 1:
            return dialect
        for paths in dialect.recognised_by:
            if all(find(values, path) is not None for path in paths):
                return dialect
    raise Unsure


class _Reader:
    """Fills in an article field by field from a form."""

    __slots__ = ("dialect", "form", "limits", "rules")

    def __init__(self, form: PlainForm, dialect: Dialect, rules: ReadingRules) -> None:
        self.form = form
        self.dialect = dialect
        self.rules = rules
        self.limits = rules.limits

    def article(self, path: str, body: str) -> Article:
        of, form, limits = self.dialect.of, self.form, self.limits
        listed = form.boolean(of("listed"))
        draft, removed = form.boolean(of("draft")), form.boolean(of("removed"))
        withdrawn = bool(draft or removed)
        title = self._line("title")
        published = form.instant(of("published"))
        if not title or len(title) > limits.title_characters:
            raise Unsure
        if published is None or published > self.rules.horizon:
            raise Unsure
        url = self._url()
        original = form.url(of("original_url"))
        html = self._content(body, url)
        kind = self._line("type") or "article"
        language = self._line("language") or None
        if language and not is_language(language):
            raise Unsure
        return Article(
            path=path,
            title=title,
            url=url,
            published=published,
            provider=self._provider(url),
            explicit_id=self._explicit_id(),
            modified=form.instant(of("modified")),
            original_url=original if original != url else None,
            summary=form.paragraph(of("summary")) or first_paragraph(html),
            content=html,
            authors=self._authors(),
            topics=form.lines(of("topics"), limits.topics),
            images=self._images(),
            player=self._player(kind, url),
            related=self._related(url),
            rights=self._rights(),
            category=self._line("category") or None,
            kind=kind,
            language=language,
            quality=form.whole(of("quality")),
            heat=form.whole(of("heat")),
            listed=listed is not False and not withdrawn,
            withdrawn=withdrawn,
        )

    def _line(self, name: str) -> str:
        return self.form.line(self.dialect.of(name)) or self.dialect.defaults.get(name, "")

    def _url(self) -> str:
        paths = self.dialect.of("url").paths
        for path in paths:
            value = self._at(path)
            if type(value) is str and value[:1] != "/":
                return self.form.checked(value)
            # A later path may lead to a mapping that an earlier one looked into.
            if value is not None and not (type(value) is dict and path != paths[0]):
                raise Unsure
        raise Unsure

    def _at(self, path: Path) -> Value:
        """Give what stands at a path that is no pattern of addresses."""
        if str(path[0])[:1] == "/":
            raise Unsure
        return find(self.form.values, path)

    def _content(self, body: str, url: str) -> str:
        if not body or body.isspace():
            return ""
        if not is_clean(body):
            raise Unsure
        return as_html(as_it_is(body), self.dialect, self.form.base, url)

    def _provider(self, url: str) -> Provider:
        written = self._line("provider.domain")
        domain = _domain(written) if written else host_of(url)
        return Provider(domain, self._line("provider.name") or domain)

    def _explicit_id(self) -> str | None:
        text = self.form.text(self.dialect.of("id"))
        if text and not (len(text) <= self.limits.url_characters and is_iri(text)):
            raise Unsure
        return text or None

    def _authors(self) -> tuple[Person, ...]:
        """Take authors that are names only."""
        names = self.form.lines(self.dialect.of("authors"), self.limits.topics)
        if any("@" in name for name in names):
            raise Unsure
        return tuple(map(Person, names))

    def _player(self, kind: str, url: str) -> str | None:
        """Be sure that there is no file, and no player but the article itself."""
        is_video = kind == "video"
        self._without(self.dialect.of("enclosures"))
        if is_video or not self.dialect.of("type").paths:
            self._without(self.dialect.of("player"))
        return url if is_video else None

    def _without(self, sources: Sources) -> None:
        if any(find(self.form.values, path) is not None for path in sources.paths):
            raise Unsure

    def _rights(self) -> str:
        said = self._line("rights")
        return "" if said in {"true", "false"} else said

    def _items(self, sources: Sources) -> list[Value]:
        """Give the items of a list whose fields stand in themselves."""
        if self.dialect.reads_names and any(
            path[0] in FILE_NAMES for _, field in sources.fields for path in field.paths
        ):
            raise Unsure
        return self.form.items(sources, self.limits.related)

    def _images(self) -> tuple[Image, ...]:
        sources = self.dialect.of("images")
        of, found = sources.of, dict[str, Image]()
        for item in self._items(sources):
            if type(item) is not dict:
                url = self.form.checked(item)
                found[url] = Image(url)
                continue
            form = self.form.under(item)
            url = _sure(form.url(of("url")))
            width, height = form.whole(of("width")), form.whole(of("height"))
            found[url] = Image(
                url, _positive(width), _positive(height), form.line(of("alternative"))
            )
        return tuple(found.values())

    def _related(self, own_url: str) -> tuple[RelatedItem, ...]:
        sources = self.dialect.of("related")
        items = self._items(sources)
        if not items:
            return ()
        of, found = sources.of, {comparable(own_url): None}
        urls, titles, dates = of("url"), of("title"), of("published")
        names, domains = of("provider.name"), of("provider.domain")
        related = []
        for item in items:
            form = self.form.under(item if type(item) is dict else {})
            url = _sure(form.url(urls)) if type(item) is dict else form.checked(item)
            title = form.line(titles) or url
            written = form.line(domains)
            domain = _domain(written) if written else host_of(url)
            provider = Provider(domain, form.line(names) or domain)
            published = form.instant(dates)
            if (key := comparable(url)) not in found:
                found[key] = None
                related.append(RelatedItem(url, title, published, provider))
        return tuple(related)


def _domain(written: str) -> str:
    return _sure(check_domain(written))


def _sure(text: str | None) -> str:
    if text is None:
        raise Unsure
    return text


def _positive(number: int | None) -> int | None:
    return number if number and number > 0 else None
