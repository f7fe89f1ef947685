"""What a process that answers does besides: it takes over what another one publishes."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from feeds.catalog import histories_in
from feeds.cli.counting import Beginning, Counting
from feeds.cli.machines import json_text
from feeds.cli.options import Settings
from feeds.cli.settings import load_settings, moment, real_time
from feeds.cli.wiring import make_plan, templates
from feeds.config.types import Configuration
from feeds.errors import ConfigurationError, FeedsError
from feeds.formats import feed_formats
from feeds.model import History, Status, replace
from feeds.pages import Look, banner_of, load_look, status_page
from feeds.publish.destination import NotShown
from feeds.publish.policy import Policy
from feeds.push.telling import push_status
from feeds.refresh.overview import overview
from feeds.refresh.places import destination_of
from feeds.refresh.record import read_record
from feeds.serve.app import FeedsApp
from feeds.serve.operator import STATUS_JSON_PATH, STATUS_PATH, Operator
from feeds.serve.polls import read_polls
from feeds.serve.publication import NoPublication, Publication, Terms
from feeds.serve.queries import Queries
from feeds.serve.runs import read_run
from feeds.serve.served import Served, Upcoming
from feeds.serve.visits import read_visits

_log = logging.getLogger("feeds")

# Seconds after which a new publication is seen, and that the first process is gone.
_LOOK = 0.25
# Whoever asks for what is not in memory waits so long for a store.
_PATIENCE = timedelta(seconds=5)
_FAR_READERS = 16


class Takeover:
    """Has `app` answer by what is published in the output, whoever publishes it."""

    def __init__(
        self, configuration: Configuration, settings: Settings, beginning: Beginning
    ) -> None:
        self._settings = settings
        self._beginning = beginning
        self._configuration = configuration
        self._policy = Policy(configuration, feed_formats())
        self._served = Served(renew=self.look, clock=real_time)
        self._served.client_field = _client_field(configuration)
        self._look = Look()
        self._queries: Queries | None = None
        self._made_of: tuple[Configuration, Look] | None = None
        self._destination = destination_of(configuration, real_time, _PATIENCE)
        self._seen: object = None
        self._is_to_reread = False
        self._is_cut_off = False
        self._lock = threading.Lock()
        # What is in a bucket takes long to come, and others need not wait for it.
        readers = _FAR_READERS if isinstance(configuration.output, str) else 1
        self.app = FeedsApp(self._served, readers)

    def start(self, parent: int) -> None:
        """Look again and again, in the background, until the process that started us is gone."""
        end_with(parent, self.look)

    def operate(self, at: tuple[str, int]) -> None:
        """Answer whoever runs the server, who asks at this local address."""
        host = urlsplit(self._configuration.site.root).hostname
        made = {STATUS_PATH: self._status_page, STATUS_JSON_PATH: self._status_json}
        self._served.operator = Operator(at, made, [host] if host else [])

    def counting(self) -> Counting:
        """Make what writes down what is answered."""
        return Counting(self._served, self._beginning)

    def reread(self, *_signal: object) -> None:
        """Have the configuration read at the next look. May be called from a signal's handler."""
        self._is_to_reread = True

    def follow(self) -> None:
        """Go by what the configuration says now where that was asked, and answer nothing by it."""
        with self._lock:
            self._reread_if_asked()

    def look(self) -> None:
        """Answer by what is published now, where that is another or is to be told otherwise."""
        with self._lock:
            is_reread, now = self._reread_if_asked(), real_time()
            stamp = self._stamp()
            before, banner = self._served.publication, self._banner()
            is_due = is_reread or (before is not None and before.is_due(now))
            is_due = is_due or (before is not None and before.terms.banner != banner)
            if (is_due or stamp != self._seen) and self._load(before, now, banner):
                self._seen = stamp
            if self._is_cut_off:
                self._served.excuse()
            else:
                self._served.sure_until = self._destination.sure_until

    def status(self) -> Status:
        """Tell all that there is to tell now."""
        now, configuration = real_time(), self._configuration
        # What is counted stays where it was when the server was started.
        counted = self._beginning.state or configuration.state_directory
        status = overview(configuration, read_polls(counted, now), read_visits(counted, now), now)
        push = push_status(configuration) if configuration.is_pushed else None
        return replace(status, run=read_run(counted, self._beginning.start, now), push=push)

    def _status_page(self) -> bytes:
        return status_page(self._look, self.status())

    def _status_json(self) -> bytes:
        return f"{json_text(self.status())}\n".encode()

    def _banner(self) -> bytes:
        """Write what stands on pages for who writes and watches, while not all is well.

        Nobody else is told: it names documents.
        """
        if not self._settings.watch:
            return b""
        record = read_record(self._configuration.state_at)
        return b"" if record is None or record.is_good else banner_of(self._look, record)

    def _load(self, before: Publication | None, now: datetime, banner: bytes) -> bool:
        """Take over what is published, and say whether anything is."""
        server = self._configuration.server
        histories = self._histories if server.delta else None
        look = self._current_look()
        queries = self._current_queries(look)
        terms = Terms(self._policy, now, server.memory, histories, banner, look, queries)
        found = list[Upcoming]()
        try:
            for shown in self._destination.shown():
                before = Publication.of(shown, self._destination.name, terms, before)
                found.append(Upcoming(shown.begins or now, before))
        except (NotShown, NoPublication):
            return False
        self._served.swap(found[0].publication, found[1:])
        return True

    def _stamp(self) -> object:
        """Give what tells a publication from the next; the one that was seen, where nobody knows.

        Whoever answers goes on with what there is.
        """
        try:
            stamp = self._destination.stamp()
        except FeedsError as error:
            if not self._is_cut_off:
                _log.warning("what is published cannot be looked at: %s", error)
            self._is_cut_off = True
            return self._seen
        self._is_cut_off = False
        return stamp

    def _current_look(self) -> Look:
        """Give the templates as they are now; what is wrong with them is told by who publishes."""
        with suppress(ConfigurationError):
            self._look = load_look(templates(self._settings))
        return self._look

    def _current_queries(self, look: Look) -> Queries | None:
        """Give what answers queries by the configuration as it is now, if anything does."""
        made_of = self._configuration, look
        if self._made_of != made_of:
            is_wanted = self._configuration.server.queries
            self._queries = Queries(*made_of, self._policy) if is_wanted else None
            self._made_of = made_of
        return self._queries

    def _histories(self, paths: Collection[str]) -> Mapping[str, History]:
        return histories_in(self._configuration.state_at, paths)

    def _reread_if_asked(self) -> bool:
        """Go by what the configuration says now, and say whether that is so.

        One that is broken is not followed; who refreshes tells of it.
        """
        if not self._is_to_reread:
            return False
        self._is_to_reread = False
        try:
            configuration = load_settings(self._settings)
            make_plan(configuration, self._settings, moment(self._settings))
        except ConfigurationError:
            return False
        self._configuration = configuration
        self._destination = destination_of(configuration, real_time, _PATIENCE)
        self._policy = Policy(configuration, feed_formats())
        self._served.client_field = _client_field(configuration)
        return True


def end_with(parent: int, look: Callable[[], None]) -> None:
    """Have us end when the process that started us is gone, and `look` again and again until then.

    That is done in the background.
    """

    def watch() -> None:
        while os.getppid() == parent:
            look()
            time.sleep(_LOOK)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="takeover", daemon=True).start()


def _client_field(configuration: Configuration) -> bytes:
    return (configuration.server.client_address or "").lower().encode()
