"""A document to an article, by what its dialect says of its keys."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import NoReturn
from zoneinfo import ZoneInfo

from feeds.config.corpus import Limits
from feeds.corpus.address import addresses, day_of, names_of
from feeds.corpus.body import content
from feeds.corpus.dialect import Dialect, recognise, written
from feeds.corpus.form import AnyValue, Form, Problem, Value, quoted
from feeds.corpus.items import images, related
from feeds.corpus.media import media
from feeds.corpus.people import authors
from feeds.model import SKIPPED, Article, Document, Finding, Provider, Reading
from feeds.text.clean import shown
from feeds.text.markup import first_paragraph
from feeds.text.urls import UrlProblem, check_domain, host_of

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_CREDENTIALS = re.compile("[^/?#]*//[^/?#]*@")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


@dataclass(frozen=True, slots=True, eq=False)
class ReadingRules:
    """What reading a document depends on besides its bytes.

    `dialects` are in the order in which they are tried, or the one that all documents are
    in. `base_url` is what relative URLs of the corpus are resolved against, `site_url`
    where pages of the site itself are. A date past `horizon` looks like a slip. What was
    decoded wrongly once is told, and put right where `repair_mojibake` says so. Addresses that
    documents list as related are kept to be found by only if somebody `refers` to documents.
    """

    dialects: tuple[Dialect, ...]
    limits: Limits
    time_zone: str
    site_url: str
    horizon: datetime
    base_url: str | None = None
    repair_mojibake: bool = False
    refers: bool = True


def is_language(text: str) -> bool:
    """Tell whether a text has the form of a language tag (RFC 5646)."""
    return _LANGUAGE.fullmatch(text) is not None


def is_iri(text: str) -> bool:
    """Tell whether a text is an IRI that an id may be (RFC 4287, section 4.2.6)."""
    is_absolute = _IRI.fullmatch(text) is not None and text.isprintable()
    return is_absolute and not _CREDENTIALS.match(text)


class _Skipped(Exception):
    """The document cannot become an article, for a reason that its form has noted."""


def read_article(document: Document, rules: ReadingRules, prefix: str = "") -> Reading:
    """Type and clean a document; an error among the findings means that it is skipped.

    `prefix` is what its path has before that of the file below its corpus.
    """
    names = names_of(document.path.removeprefix(prefix))
    dialect = _dialect(document, frozenset(names), rules)
    if isinstance(dialect, Finding):
        readers = [_reader(document, each, names, rules) for each in rules.dialects]
        stays = all(reader.stays() for reader in readers)
        return Reading(document.path, None, (dialect,), stays=stays)
    reader = _reader(document, dialect, names, rules)
    try:
        article: Article | None = reader.article(document)
    except _Skipped:
        article = None
    findings = tuple(sorted(reader.form.findings, key=_place))
    return Reading(document.path, article, findings, stays=article is None and reader.stays())


def form_of(
    document: Document, rules: ReadingRules, prefix: str = ""
) -> tuple[Dialect, Form] | None:
    """Give a document's dialect and the form by which that reads it; None where none knows it."""
    names = names_of(document.path.removeprefix(prefix))
    dialect = _dialect(document, frozenset(names), rules)
    if isinstance(dialect, Finding):
        return None
    return dialect, _reader(document, dialect, names, rules).form


def _reader(
    document: Document, dialect: Dialect, names: dict[str, str], rules: ReadingRules
) -> "_Reader":
    form = Form(
        path=document.path,
        root=document.fields,
        findings=[],
        names=names,
        zone=ZoneInfo(rules.time_zone),
        url_characters=rules.limits.url_characters,
        base=rules.base_url or (rules.site_url if dialect.own_pages else None),
        mends=rules.repair_mojibake,
    )
    return _Reader(form, dialect, rules.limits, rules.horizon)


def _place(finding: Finding) -> tuple[int, int]:
    return finding.line, finding.column


def _dialect(document: Document, names: frozenset[str], rules: ReadingRules) -> Dialect | Finding:
    """Find the dialect of a document, or say that none knows it."""
    if len(rules.dialects) == 1:
        return rules.dialects[0]
    if dialect := recognise(document, names, rules.dialects):
        return dialect
    wanted = "; ".join(f"{dialect.name}: {_wanted(dialect)}" for dialect in rules.dialects)
    message = f"no dialect knows this document by its keys ({wanted}); {SKIPPED}"
    place = document.fields
    return Finding(document.path, place.line, place.column, "dialect-unknown", "", message)


def _wanted(dialect: Dialect) -> str:
    return " or ".join(" and ".join(map(written, paths)) for paths in dialect.recognised_by)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Fills in an article field by field from a form."""

    form: Form
    dialect: Dialect
    limits: Limits
    horizon: datetime

    def article(self, document: Document) -> Article:
        of, form, limits = self.dialect.of, self.form, self.limits
        listed, withdrawn = self._standing()
        title = self._title()
        published, day = self._published()
        url = self._url(day)
        original = form.optional_url(of("original_url"))
        html = content(form, document, self.dialect, url)
        kind = self._line("type") or "article"
        enclosures, player = media(form, self.dialect, limits.related, kind, url)
        return Article(
            path=form.path,
            title=title,
            url=url,
            published=published,
            provider=self._provider(url),
            explicit_id=self._explicit_id(),
            modified=form.optional_instant(of("modified")),
            original_url=original if original != url else None,
            summary=form.paragraph(of("summary")) or first_paragraph(html),
            content=html,
            authors=authors(form, of("authors"), limits.topics),
            topics=form.lines(of("topics"), limits.topics),
            images=images(form, of("images"), limits.related),
            enclosures=enclosures,
            player=player,
            related=related(form, of("related"), limits.related, url),
            rights=self._rights(),
            category=self._line("category") or None,
            kind=kind,
            language=self._language(),
            quality=form.whole(of("quality")),
            heat=form.whole(of("heat")),
            listed=listed,
            withdrawn=withdrawn,
        )

    def _line(self, name: str) -> str:
        return self.form.line(self.dialect.of(name)) or self.dialect.defaults.get(name, "")

    def _skip(self, code: str, name: str, message: str, value: AnyValue | None = None) -> NoReturn:
        """End the reading with an error at a value, at the field's key, or at the top."""
        sources = self.dialect.of(name)
        value = value or next(self.form.all_values(sources), None)
        value = value or Value(sources.preferred or name, self.form.root)
        self.form.note(code, value, f"{message}; {SKIPPED}", "error")
        raise _Skipped

    def stays(self) -> bool:
        """Whether nothing in the document holds it back, so that it may stay as it was."""
        try:
            listed, _ = self._standing()
        except _Skipped:
            return False
        return listed

    def _standing(self) -> tuple[bool, bool]:
        """Tell whether the document may be listed, and whether it was withdrawn altogether."""
        try:
            listed = self.form.boolean(self.dialect.of("listed"))
            draft = self.form.boolean(self.dialect.of("draft"))
            removed = self.form.boolean(self.dialect.of("removed"))
        except ValueError:
            raise _Skipped from None
        withdrawn = bool(draft or removed)
        return listed is not False and not withdrawn, withdrawn

    def _title(self) -> str:
        title = self._line("title")
        if not title:
            self._skip("title-missing", "title", "the document has no title")
        if len(title) > self.limits.title_characters:
            message = f"the title has more than {self.limits.title_characters} characters"
            self._skip("title-too-long", "title", message)
        return title

    def _published(self) -> tuple[datetime, date]:
        """Give the instant, and the day that the document names for it."""
        value = self.form.text(self.dialect.of("published"))
        if value is None:
            self._skip("date-missing", "published", "the document has no date")
        try:
            moment = self.form.instant(value)
        except ValueError as error:
            self._skip("date-invalid", "published", str(error), value)
        if moment > self.horizon:
            self.form.warn("date-future", value, f"{quoted(value)} is far off; waits until then")
        return moment, day_of(value.node.text, moment)

    def _url(self, day: date) -> str:
        """Take the first address that is one; if none is, the first one's fault is told."""
        problem: Problem | None = None
        for value in addresses(self.form, self.dialect.of("url"), day):
            try:
                url = self.form.url(value)
            except UrlProblem as error:
                problem = problem or Problem(value, error.code, str(error))
                continue
            if problem:
                self.form.warn(
                    problem.code, problem.value, f"{problem.message}; {shown(url)} is used"
                )
            return url
        if problem:
            self._skip(problem.code, "url", problem.message, problem.value)
        return self._skip("url-missing", "url", "the document has no URL")

    def _provider(self, url: str) -> Provider:
        sources = self.dialect.of("provider.domain")
        raw = self._line("provider.domain")
        domain = check_domain(raw) if raw else None
        if raw and domain is None and (value := self.form.text(sources)):
            self.form.warn("domain-invalid", value, f"{quoted(value)} is no domain; dropped")
        domain = domain or host_of(url)
        return Provider(domain, self._line("provider.name") or domain)

    def _explicit_id(self) -> str | None:
        """Take an id only where it is one everywhere (RFC 4287, section 4.2.6)."""
        value = self.form.text(self.dialect.of("id"))
        if value is None:
            return None
        text = value.node.text
        if len(text) > self.limits.url_characters:
            problem = f"the id has more than {self.limits.url_characters} characters"
        elif is_iri(text):
            return text
        elif _IRI.fullmatch(text) and text.isprintable():
            problem = "the id has a user name or password"
        else:
            problem = f"{quoted(value)} is not an IRI"
        self.form.warn("id-invalid", value, f"{problem}; another id is given")
        return None

    def _language(self) -> str | None:
        language = self._line("language")
        if not language or is_language(language):
            return language or None
        if value := self.form.text(self.dialect.of("language")):
            message = f"{quoted(value)} is not a language tag; dropped"
            self.form.warn("language-invalid", value, message)
        return None

    def _rights(self) -> str:
        """Take what is said of rights; themes have `license: false` as a switch, too."""
        said = self._line("rights")
        return "" if said in {"true", "false"} else said
