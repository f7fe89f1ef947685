"""Requests to those who are told of changes, none of them for long: httpx is known here alone."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

import httpx

from feeds.push.replies import Reply, no_answer, reply_of
from feeds.push.talk import Post

# Seconds: until there is a connection, for the body of an answer, and until connections are closed.
_CONNECT = 5.0
_BODY = 2.0
_CLOSE = 2.0
# Bytes of a body that are read at most.
_MOST_BYTES = 4_096


class _Caller:
    """Sends requests, some at a time, and gives what came of each; it raises nothing for that.

    Whom it calls is configured; nobody who answers leads it elsewhere.
    """

    def __init__(
        self, client: httpx.AsyncClient, clock: Callable[[], datetime], patience: float
    ) -> None:
        self._client = client
        self._patience = patience
        self._clock = clock

    async def __call__(self, url: str, body: bytes, fields: Mapping[str, str], /) -> Reply:
        """Send a body with header fields."""
        try:
            async with asyncio.timeout(self._patience):
                request = self._client.build_request("POST", url, content=body, headers=fields)
                answer = await self._client.send(request, stream=True)
        except TimeoutError:
            return no_answer(f"did not answer in {self._patience:g} seconds")
        except httpx.ConnectTimeout:
            return no_answer(f"did not take a connection in {_CONNECT:.0f} seconds")
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError) as error:
            return no_answer(f"cannot be asked: {str(error) or type(error).__name__}")
        said = await _beginning(answer)
        return reply_of(
            answer.status_code, answer.headers.get("retry-after", ""), said, self._clock()
        )


@asynccontextmanager
async def calling(
    agent: str, clock: Callable[[], datetime], patience: float
) -> AsyncIterator[Post]:
    """Give what sends requests, under a name of the program, until the block ends.

    It waits for the head of each answer so many seconds.

    Certificates are verified by those that this system trusts.
    """
    client = httpx.AsyncClient(
        verify=ssl.create_default_context(),
        follow_redirects=False,
        timeout=httpx.Timeout(patience, connect=_CONNECT),
        headers={"user-agent": agent, "accept": "*/*", "accept-encoding": "identity"},
    )
    try:
        yield _Caller(client, clock, patience)
    finally:
        try:
            async with asyncio.timeout(_CLOSE):
                await client.aclose()
        except TimeoutError:
            pass


async def _beginning(answer: httpx.Response) -> bytes:
    """Read the beginning of a body as it was sent; whatever happens to it, the status stands."""
    said = bytearray()
    try:
        async with asyncio.timeout(_BODY):
            async for part in answer.aiter_raw():
                said += part
                if len(said) >= _MOST_BYTES:
                    break
            await answer.aclose()
    except (TimeoutError, httpx.HTTPError, OSError):
        pass
    return bytes(said[:_MOST_BYTES])
