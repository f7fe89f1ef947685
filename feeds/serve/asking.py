"""What is answered to a query: feeds by their names, and the list of those that were chosen."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

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
        if index is None or parameters is None:
            return None
        if path == _SEARCH:
            words = next((value for name, value in parameters if name == "q"), "")[:MOST_WORDS]
            if not words.strip():
                return None
            resource = search_page(index.site, index.language, words, index.find(words))
        else:
            chosen = [value for name, value in parameters if name == "feed"]
            if not chosen:
                return None
            form = _lists()[path]
            body = form.directory(index.chosen(chosen))
            resource = Resource(form.path, form.media_type, body)
        return _answer(publication, resource)

    def _index(self, publication: Publication) -> Index | None:
        """Give the index of a publication, if it has one."""
        prepared = publication.prepared(INDEX_PATH)
        if prepared is None:
            return None
        if self._read is None or self._read[0] != prepared.etag:
            body = publication.files.body(prepared, IDENTITY) or b""
            self._read = prepared.etag, Index(body)
        return self._read[1]


def _lists() -> Mapping[str, DirectoryFormat]:
    return {f"/{form.path}": form for form in directory_formats()}


def _parameters(query: bytes) -> list[tuple[str, str]] | None:
    """Read the parameters of a query; None where they are none, or too many."""
    try:
        text = query.decode("ascii")
        return parse_qsl(text, max_num_fields=_MOST_PARAMETERS, errors="strict")
    except ValueError:
        return None


def _answer(publication: Publication, resource: Resource) -> Answer:
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
    }
    headers = tuple((name.encode(), value.encode()) for name, value in fields.items())
    return Answer(200, headers, resource.body)
