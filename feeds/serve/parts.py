"""The part of a feed that is new to who asks."""

from feeds.http.coding import IDENTITY, accepted_codings
from feeds.http.heeded import Heeded
from feeds.serve.delta import part_for
from feeds.serve.prepared import Answer, Prepared
from feeds.serve.publication import Publication


def new_part(
    publication: Publication, prepared: Prepared, asked: Heeded, least: int
) -> Answer | None:
    """Make the answer of new entries alone to a reader, where there is one."""
    path, read = prepared.published.path, publication.terms.histories
    if prepared.history is None and read is not None:
        history = read([path]).get(path)
        # The catalog may be ahead of the publication, or behind it for a moment.
        if history is not None and history.etag == prepared.etag:
            prepared.history = history
    if prepared.history is None or asked.if_none_match is None:
        return None
    publication.warm(prepared, IDENTITY)
    codings = accepted_codings(asked.accept_encoding)
    return part_for(prepared, prepared.history, asked.if_none_match, codings, least)
