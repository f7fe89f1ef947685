"""`feeds push`: tell hubs and caches what has changed, and show how they stand."""

import json
import sys
import time
from datetime import datetime

from feeds.cli.options import Settings
from feeds.cli.pushing import make_pusher, push_for
from feeds.cli.settings import load_settings
from feeds.cli.talk import escaped, exit_code, log_to_stderr, say, write
from feeds.config.types import Configuration
from feeds.model import PushStatus, Told, asdict
from feeds.push.telling import push_status
from feeds.text.dates import rfc3339

_LOOK = 0.2


def push(settings: Settings, wait: float, *, as_json: bool) -> None:
    """Tell what is left for some seconds at most, then show how all stand who are told."""
    log_to_stderr()
    with exit_code():
        configuration = load_settings(settings, corpus_needed=False)
        if settings.dry_run:
            status = _rehearse(configuration, settings, shows=not as_json)
        else:
            status = _push(configuration, settings, wait)
        if not configuration.is_pushed:
            say("no hub and no purge is configured; there is nobody to tell")
        if as_json:
            write(json.dumps(_plain(status), indent=1))
        elif not settings.dry_run:
            for told in status.each:
                write(_line(told))
    if status.waiting:
        sys.exit(1)


def _push(configuration: Configuration, settings: Settings, wait: float) -> PushStatus:
    """Tell what is left, or wait for who does that; give how all stand then."""
    if not configuration.is_pushed:
        return PushStatus()
    until = time.monotonic() + wait
    if wait:
        push_for(configuration, settings, wait, waits=True)
    while (status := push_status(configuration)).waiting and time.monotonic() < until:
        time.sleep(_LOOK)
    return status


def _rehearse(configuration: Configuration, settings: Settings, *, shows: bool) -> PushStatus:
    """Give how all would stand after a look at what is published, and show what waits."""
    pusher = make_pusher(configuration, settings, rehearsal=True)
    pusher.look()
    queue = pusher.queue
    for name, addressee in queue.addressees() if shows else ():
        for path, each in sorted(addressee.waiting.items()):
            line = f"{name} {pusher.policy.address(path)} since {rfc3339(each.since)}"
            write(escaped(line))
    return PushStatus(
        hubs=tuple(addressee.told(hub) for hub, addressee in queue.hubs.items()),
        purge=None if queue.purge is None else queue.purge.told("purge"),
    )


def _line(told: Told) -> str:
    """Write how one stands; of a problem that is over nothing is said."""
    parts = [f"{told.name}: {told.sent} told, {told.waiting} waiting"]
    if told.given_up:
        parts.append(f"{told.given_up} given up")
    is_over = told.last_success and told.last_failure and told.last_failure <= told.last_success
    if told.last_problem and not is_over:
        parts.append(f"{told.last_problem}")
    if told.waiting and told.not_before:
        parts.append(f"next try at {rfc3339(told.not_before)}")
    return escaped("; ".join(parts))


def _plain(status: PushStatus) -> dict[str, object]:
    return {
        "waiting": status.waiting,
        "hubs": [_plain_told(told) for told in status.hubs],
        "purge": None if status.purge is None else _plain_told(status.purge),
    }


def _plain_told(told: Told) -> dict[str, object]:
    fields = asdict(told)
    return {
        key: rfc3339(value) if isinstance(value, datetime) else value
        for key, value in fields.items()
    }
