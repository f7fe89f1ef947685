"""What is answered to a query: feeds by their names, and the list of those that were chosen."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from feeds.catalog import Unsearchable
from feeds.errors import ConfigurationError
from feeds.formats import directory_formats
from feeds.http.coding import IDENTITY
from feeds.model import Articles, DirectoryFormat, Resource, Results
from feeds.pages import search_page
from feeds.selection.finding import INDEX_PATH, MOST_WORDS, Index
from feeds.selection.queries import SEARCH, BadQuery, read_query
from feeds.serve.prepared import Answer
from feeds.serve.publication import Publication
from feeds.serve.queries import read_parameters

_SEARCH = "/search/"
_MOST_PARAMETERS = 2_000


class Asking:
    """Answers some queries by the index that is published; it keeps one, which it has read."""

    def __init__(self) -> None:
        self._read: tuple[str, Index] | None = None

    def is_asked(self, path: str, query: bytes) -> bool:
        """Whether a query under a path of a URL has any effect."""
        return bool(query) and (path == _SEARCH or path in _lists())

    def answer(self, publication: Publication, path: str, query: bytes) -> Answer | None:
        """Answer a query; None where what is published is the answer.

        Raises `Unmatched` where files are not what this publication says.
        """
        index = self._index(publication)
        if index is None:
            return None
        if path == _SEARCH:
            return _found(publication, index, query)
        parameters = _parameters(query)
        return _chosen(publication, index, parameters.get("feed", []), _lists()[path])

    def _index(self, publication: Publication) -> Index | None:
        """Give the index of a publication, if it has one."""
        prepared = publication.prepared(INDEX_PATH)
        if prepared is None:
            return None
        if self._read is None or self._read[0] != prepared.etag:
            body = publication.files.body(prepared, IDENTITY) or b""
            self._read = prepared.etag, Index(body)
        return self._read[1]


def _found(publication: Publication, index: Index, query: bytes) -> Answer | None:
    """Answer with the feeds that are called so, and the articles that are found."""
    words = _parameters(query).get("q", [""])[0][:MOST_WORDS]
    articles, problem = _articles(publication, query)
    if not words.strip() and articles is None:
        return None
    found = index.find(words) if words.strip() else ()
    results = Results(words, tuple(found), articles, problem)
    try:
        page = search_page(publication.terms.look, index.site, index.language, results)
    except ConfigurationError:
        # A template of the user's is wrong, of which who publishes tells.
        return None
    return _answer(publication, page)


def _articles(publication: Publication, query: bytes) -> tuple[Articles | None, str]:
    """Find articles, where these are searched, and say why there are none."""
    queries = publication.terms.queries
    if queries is None:
        return None, ""
    try:
        asked = read_query(SEARCH, read_parameters(query))
        return queries.shown(asked), ""
    except BadQuery as problem:
        return None, str(problem)
    except Unsearchable:
        return None, "articles cannot be searched at present"


def _chosen(
    publication: Publication, index: Index, stems: Sequence[str], form: DirectoryFormat
) -> Answer | None:
    """Answer with the list of some feeds, which is a file to be taken."""
    if not stems:
        return None
    body = form.directory(index.chosen(stems))
    name = {"content-disposition": f'attachment; filename="{form.path}"'}
    return _answer(publication, Resource(form.path, form.media_type, body), name)


def _lists() -> Mapping[str, DirectoryFormat]:
    return {f"/{form.path}": form for form in directory_formats()}


def _parameters(query: bytes) -> dict[str, list[str]]:
    """Read the parameters of a query; none where it is no query, or too long."""
    try:
        text = query.decode("ascii")
        return parse_qs(text, max_num_fields=_MOST_PARAMETERS, errors="strict")
    except ValueError:
        return {}


def _answer(
    publication: Publication, resource: Resource, besides: Mapping[str, str] | None = None
) -> Answer:
    """Answer with what was made, in no coding and under no condition.

    Caches before us may leave queries out of their keys, since elsewhere they have no effect: so
    none may keep this, and give it to who asked for something else.
    """
    said = publication.terms.policy.said_of_kind(resource.media_type, in_archives=False)
    fields = {
        "content-length": str(len(resource.body)),
        **said.content_fields,
        **said.lasting_fields,
        "cache-control": "no-store",
        **(besides or {}),
    }
    headers = tuple((name.encode(), value.encode()) for name, value in fields.items())
    return Answer(200, headers, resource.body, kind="live")
