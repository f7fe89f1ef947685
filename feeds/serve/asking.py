"""What is answered to a query: feeds by their names, and the list of those that were chosen."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from feeds.errors import ConfigurationError
from feeds.formats import directory_formats
from feeds.http.coding import IDENTITY
from feeds.model import DirectoryFormat, Resource
from feeds.pages import search_page
from feeds.selection.finding import INDEX_PATH, MOST_WORDS, Index
from feeds.serve.prepared import Answer
from feeds.serve.publication import Publication

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
        parameters = _parameters(query)
        index = self._index(publication)
        if index is None:
            return None
        if path == _SEARCH:
            return _found(publication, index, parameters.get("q", [""])[0][:MOST_WORDS])
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


def _found(publication: Publication, index: Index, words: str) -> Answer | None:
    """Answer with the feeds that are called so."""
    if not words.strip():
        return None
    found = index.find(words)
    try:
        page = search_page(publication.terms.look, index.site, index.language, words, found)
    except ConfigurationError:
        # A template of the user's is wrong, of which who publishes tells.
        return None
    return _answer(publication, page)


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
