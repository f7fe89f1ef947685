"""Who answers queries: one thread, which nobody waits for who asks for what is published."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from feeds.catalog import Unsearchable
from feeds.errors import ConfigurationError
from feeds.http.coding import IDENTITY
from feeds.http.heeded import heeded
from feeds.model import Query
from feeds.serve.answering import answered
from feeds.serve.operator import private_page
from feeds.serve.prepared import Answer, Cold, Prepared
from feeds.serve.publication import Publication
from feeds.serve.queries import Asked, Queries

Result = TypeVar("Result")

_Scope = Mapping[str, Any]


def queried(publication: Publication, path: str) -> Asked | None:
    """Tell what a path asks for at which nothing is published; None where nothing."""
    queries = publication.terms.queries
    return queries.asked(path) if queries else None


class Queried:
    """Answers queries by what was made for them, or is made when they are asked."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "searching")

    async def answer(self, asked: Asked, publication: Publication, scope: _Scope) -> Answer | None:
        """Answer a GET or HEAD; None where no content coding is acceptable.

        Raises `Unsearchable` where there is nothing by which to answer at present.
        """
        queries = publication.terms.queries
        if queries is None:
            raise Unsearchable("queries are switched off")
        query = queries.read(asked, scope["raw_path"], scope["query_string"])
        if isinstance(query, Answer):
            return query
        made = await self._made(queries, asked, query, publication)
        if isinstance(made, Answer):
            return made
        if publication.is_bannered(made):
            return private_page(publication.with_banner(made.body(IDENTITY) or b""))
        is_head, fields = scope["method"] == "HEAD", heeded(scope["headers"])
        while isinstance(answer := answered(made, fields, is_head=is_head), Cold):
            await self.do(queries.code, made, answer.coding)
        queries.hold(asked, query, made)
        return answer

    async def _made(
        self, queries: Queries, asked: Asked, query: Query, publication: Publication
    ) -> Prepared | Answer:
        now = asyncio.get_running_loop().time()
        if not queries.is_sure(now):
            queries.renew(await self.do(queries.edition), now)
        if (held := queries.held(asked, query)) is not None:
            return held
        former, moment = publication.listing.former, publication.terms.now
        try:
            return await self.do(queries.make, asked, query, former, moment)
        except ConfigurationError as error:
            # A template of the user's is wrong, of which who publishes tells.
            raise Unsearchable(str(error)) from None

    async def do(self, work: Callable[..., Result], *arguments: object) -> Result:
        """Have work done in the thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)
