"""Which of the prepared answers a request is given."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from feeds.http.coding import accepted_codings
from feeds.http.conditional import is_not_modified
from feeds.http.heeded import Heeded
from feeds.serve.prepared import Answer, Cold, Prepared, Variant


def answered(prepared: Prepared, asked: Heeded, *, is_head: bool) -> Answer | Cold | None:
    """Choose the answer to a GET or HEAD with these fields; None where none is acceptable.

    That comes before any condition: there is nothing then that could be unmodified (RFC 9110,
    13.2.1).
    """
    variant = prepared.choose(accepted_codings(asked.accept_encoding))
    if not isinstance(variant, Variant):
        return variant
    is_unchanged = is_not_modified(
        if_none_match=asked.if_none_match,
        if_modified_since=asked.if_modified_since,
        etag=prepared.etag,
        last_modified=prepared.last_modified,
    )
    if is_unchanged:
        return variant.unchanged
    return variant.headed if is_head else variant.whole or Cold(variant.coding)


async def send_answer(
    answer: Answer, scope: Mapping[str, Any], send: Callable[[dict[str, Any]], Awaitable[None]]
) -> None:
    """Send an answer as ASGI has it; to a HEAD it has no body."""
    body = b"" if scope["method"] == "HEAD" else answer.body
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": body})
