"""Tells hubs and caches of what is published in an output, whoever publishes it."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from pathlib import Path
from typing import NoReturn

from feeds import __version__
from feeds.config.state import State
from feeds.config.types import Configuration
from feeds.formats import feed_formats
from feeds.publish.destination import NotShown
from feeds.publish.listing import Listing, load_listing
from feeds.publish.policy import Policy
from feeds.push.changes import changes_between
from feeds.push.hubs import ping
from feeds.push.purging import purge_by_requests, urls
from feeds.push.queue import Addressee
from feeds.push.records import push_folder, read_queue, read_seen, write_queue, write_seen
from feeds.push.replies import no_answer
from feeds.push.talk import PATIENCE, Moment, Post
from feeds.refresh.command import Command
from feeds.refresh.lock import beside_publisher
from feeds.refresh.places import destination_of

_log = logging.getLogger("feeds")

# What is under way to caches is called by this, which is no URL.
_PURGE = "purge"
# Seconds between looks.
_LOOK = 0.25


def sole_pusher(state: State) -> AbstractContextManager[Callable[[], None]]:
    """Be the only one who tells anybody of a publication, and give what sees that it is still so.

    Raises `Locked` where another is, or another host leads, and `DatabaseFailed`.
    """
    refusal = "another process is telling hubs and caches what has changed"
    return beside_publisher(state, "pusher", push_folder(state.folder), refusal)


class Pusher:
    """Puts what has changed into a queue, and works that off; `folder` is where commands run.

    For one process at a time. Whoever is asked has so many seconds of `patience` to answer in. A
    `rehearsal` keeps nothing of what it sees.
    """

    def __init__(
        self,
        configuration: Configuration,
        folder: Path,
        environment: Mapping[str, str],
        moment: Moment,
        *,
        patience: float = PATIENCE,
        rehearsal: bool = False,
    ) -> None:
        self._folder = folder
        self._environment = environment
        self._moment = moment
        self._patience = patience
        self._is_rehearsal = rehearsal
        self._command: Command | None = None
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self.queue = read_queue(configuration.state_at)
        self._seen = read_seen(configuration.state_at)
        self.take(configuration)

    def take(self, configuration: Configuration) -> None:
        """Go by another configuration from now on."""
        self._configuration = configuration
        self.policy = Policy(configuration, feed_formats())
        self._destination = destination_of(configuration, self._moment.now)
        self._stamp: object = None

    @property
    def is_due(self) -> bool:
        """Whether anything may be told now."""
        now = self._moment.now()
        return any(addressee.due(now) for _, addressee in self.queue.addressees())

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be told."""
        return not any(addressee.waiting for _, addressee in self.queue.addressees())

    def hurry(self) -> None:
        """Have all that waits be tried at once, whenever it was to be."""
        for _, addressee in self.queue.addressees():
            addressee.hurry()

    def end(self) -> None:
        """End the command that is going on, if there is one."""
        if self._command is not None:
            self._command.kill()

    def look(self) -> None:
        """Put into the queue what has changed since the last look, in whatever process that was.

        What is seen first is told to nobody. The queue is kept before what was seen is: who is
        ended between the two finds the same changes again. Raises OSError where the disk refuses
        either.
        """
        stamp = self._destination.stamp()
        if stamp is None or stamp == self._stamp:
            return
        try:
            listing = load_listing(self._destination.shown()[0].manifest, self._seen)
        except (NotShown, ValueError):
            # Whoever publishes makes it whole, and tells where that fails.
            return
        is_news = self._seen is not None and self._put(self._seen, listing)
        configuration = self._configuration
        hubs, purges = configuration.site.hubs, configuration.purge.is_wanted
        # Also where nothing is new: who could not keep what came of it would tell it for ever.
        if self.queue.address(hubs, purges=purges) or is_news or self._stamp is None:
            self._keep()
        if not self._is_rehearsal and (self._seen is None or self._seen.data != listing.data):
            write_seen(configuration.state_at, listing)
        self._seen, self._stamp = listing, stamp

    async def go_on(self, begin: Callable[[], None]) -> NoReturn:
        """Look again and again, and tell everybody of what is due; `begin` comes before each look.

        Raises OSError as `look` does, or where the disk refuses to keep what came of telling.
        """
        while True:
            begin()
            self.look()
            self._begin()
            await asyncio.sleep(_LOOK)
            self._end()

    def work(self) -> None:
        """Tell everybody of some of what is due, and come back when all have answered.

        Raises OSError where the disk refuses to keep what came of it.
        """
        asyncio.run(self._work())

    async def _work(self) -> None:
        self._begin()
        if self._under_way:
            await asyncio.wait(self._under_way.values())
        self._end()

    def _begin(self) -> None:
        """Begin to tell those of what is due who are not being told: each for itself.

        Caches come first, since hubs fetch what these have. A purge that has failed keeps no hub
        waiting.
        """
        purge, now = self.queue.purge, self._moment.now()
        if purge is not None and (_PURGE in self._under_way or purge.due(now)):
            if _PURGE not in self._under_way:
                self._under_way[_PURGE] = asyncio.create_task(self._purge(purge))
            return
        for hub, addressee in self.queue.hubs.items():
            if hub not in self._under_way and addressee.due(now):
                self._under_way[hub] = asyncio.create_task(self._ping(hub, addressee))

    def _end(self) -> None:
        """Forget those who have been told. Raises what went wrong with any of them."""
        for name, task in [*self._under_way.items()]:
            if task.done():
                del self._under_way[name]
                task.result()

    def _put(self, before: Listing, listing: Listing) -> bool:
        """Put into the queue what has changed, and say whether anything has."""
        changes, now = changes_between(before, listing), self._moment.now()
        if self.queue.purge is not None:
            self.queue.purge.put(changes.served, now)
        for path in changes.new:
            entry = listing.find(path)
            for hub in self.policy.said(entry, now).hubs if entry else ():
                if hub in self.queue.hubs:
                    self.queue.hubs[hub].put([path], now)
        return bool(changes.served)

    def _keep(self) -> None:
        if not self._is_rehearsal:
            write_queue(self._configuration.state_at, self.queue)

    # --- How it is told ----------------------------------------------------------------

    async def _ping(self, hub: str, addressee: Addressee) -> None:
        async with self._calling() as post:
            with _telling(hub, addressee) as given_up:
                told = await ping(post, hub, addressee, self.policy.address, self._moment)
                given_up.extend(told)
        self._keep()

    async def _purge(self, addressee: Addressee) -> None:
        by_command = bool(self._configuration.purge.command)
        with _telling("the purge", addressee) as given_up:
            purge = self._run_command if by_command else self._request_purge
            given_up.extend(await purge(addressee))
        self._keep()

    async def _request_purge(self, addressee: Addressee) -> list[str]:
        purge = self._configuration.purge
        async with self._calling() as post:
            return await purge_by_requests(
                post, purge, addressee, self.policy, self._environment, self._moment
            )

    async def _run_command(self, addressee: Addressee) -> list[str]:
        purge, due = self._configuration.purge, addressee.due(self._moment.now())
        lines = [f"{url}\n" for path in due for url in urls(self.policy, path)]
        self._command = Command(purge.command, self._folder, purge.timeout)
        problem = await asyncio.to_thread(self._command.run, "".join(lines).encode())
        if problem:
            return addressee.fail(no_answer(problem), self._moment.now(), self._moment.chance())
        addressee.succeed(due, self._moment.now())
        return []

    def _calling(self) -> AbstractAsyncContextManager[Post]:
        # It is loaded only where there is something to send.
        from feeds.push.calling import calling  # noqa: PLC0415

        agent = f"feeds/{__version__} (+{self.policy.address('')})"
        return calling(agent, self._moment.now, self._patience)


@contextmanager
def _telling(name: str, addressee: Addressee) -> Iterator[list[str]]:
    """Log what comes of what is done in the block; it adds what was given up to the list.

    Of tries in a row that come to nothing the first is told, and no other.
    """
    sent, failures, given_up = addressee.sent, addressee.failures, list[str]()
    yield given_up
    if number := addressee.sent - sent:
        _log.info("told %s of %d changes", name, number)
    if addressee.failures and not failures:
        waiting = len(addressee.waiting)
        _log.warning("%s %s; %d changes wait", name, addressee.last_problem, waiting)
    if given_up:
        number, first = len(given_up), given_up[0]
        problem = addressee.last_problem
        _log.error("%s is never told of %d changes (%s first): %s", name, number, first, problem)
