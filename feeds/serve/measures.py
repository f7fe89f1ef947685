"""What is measured of a server, by the names that Prometheus's conventions give: one table.

Each measure is read from the `Status` that `/status.json` shows, too. No label has a value that
strangers choose.
"""

from collections import Counter
from typing import Literal, NamedTuple

from feeds.serve.samples import (
    Read,
    at,
    by,
    channels,
    durations,
    findings,
    newest,
    of_answers,
    of_contents,
    of_push,
    of_refresh,
    of_run,
    one,
    subscribers,
)


class Measure(NamedTuple):
    """A metric: its name, its type, what it says, how it is read, and the names of its labels.

    Those of a histogram are how many took no more than what its label says, and `sum`.
    """

    name: str
    type: Literal["counter", "gauge", "histogram", "info"]
    help: str
    read: Read
    labels: tuple[str, ...] = ()


MEASURES: tuple[Measure, ...] = (
    # What was answered since the server was started.
    Measure(
        "feeds_answers_total",
        "counter",
        "Answers by what they were: a feed, an archive, a page, a list of feeds, live "
        "(made for a query), or other (errors, redirects, assets).",
        of_answers("answers", "kind", "status"),
        ("kind", "status"),
    ),
    Measure(
        "feeds_polls_total",
        "counter",
        "Answers about feeds, archives and queries by format: 200 is all, 226 what is new, "
        "304 nothing new.",
        of_answers("answers", "format", "status", of="format"),
        ("format", "status"),
    ),
    Measure(
        "feeds_sent_bytes_total",
        "counter",
        "Bytes of bodies that were sent, as they were coded.",
        of_answers("sent_bytes", "kind"),
        ("kind",),
    ),
    Measure(
        "feeds_saved_bytes_total",
        "counter",
        "Bytes of bodies that were not sent, since the client had them.",
        of_answers("saved_bytes", "kind"),
        ("kind",),
    ),
    # How it was kept current since then.
    Measure(
        "feeds_refreshes_begun_total",
        "counter",
        "Refreshes that were begun.",
        of_run(lambda run: one(run.refreshes.begun)),
    ),
    Measure(
        "feeds_refreshes_total",
        "counter",
        "Refreshes that have ended: succeeded, failed, refused by a guard, or locked out "
        "by another publisher.",
        of_run(lambda run: by(run.refreshes.ended)),
        ("outcome",),
    ),
    Measure(
        "feeds_refresh_duration_seconds",
        "histogram",
        "How long refreshes took that have ended.",
        of_run(durations),
        ("le",),
    ),
    Measure(
        "feeds_configuration_reads_total",
        "counter",
        "How often the configuration was read again: followed, or broken, so that the one "
        "before stands.",
        of_run(lambda run: by(run.rereads)),
        ("outcome",),
    ),
    # The last refresh, also one by `feeds build`.
    Measure(
        "feeds_last_refresh_timestamp_seconds",
        "gauge",
        "The instant of the last refresh, however it ended.",
        of_refresh(lambda last: at(last.at)),
    ),
    Measure(
        "feeds_last_success_timestamp_seconds",
        "gauge",
        "The instant of the last refresh that ended well.",
        of_refresh(lambda last: at(last.succeeded)),
    ),
    Measure(
        "feeds_last_refresh_failed",
        "gauge",
        "1 if the last refresh failed, so that the publication before it stands; else 0.",
        of_refresh(lambda last: one(bool(last.failure))),
    ),
    Measure(
        "feeds_last_refresh_costs",
        "gauge",
        "What the last refresh found that costs documents, or news of them, or hindered it.",
        of_refresh(lambda last: one(last.costs)),
    ),
    # What there is.
    Measure(
        "feeds_catalog_readable",
        "gauge",
        "1 if it is known what there is; else 0, and there are no measures of that.",
        lambda status: one(not status.problem),
    ),
    Measure(
        "feeds_documents",
        "gauge",
        "Documents by state: listed, held, skipped (an error) or kept (an error, so that "
        "the last good version stands).",
        lambda status: by(status.documents),
        ("state",),
    ),
    Measure(
        "feeds_findings",
        "gauge",
        "What is wrong with documents.",
        findings,
        ("severity", "code"),
    ),
    Measure(
        "feeds_entries",
        "gauge",
        "Entries that are published.",
        of_contents(lambda contents: one(contents.entries)),
    ),
    Measure(
        "feeds_channels",
        "gauge",
        "Feeds that are published, each once for all formats.",
        channels,
    ),
    Measure(
        "feeds_resources",
        "gauge",
        "Files that are published.",
        of_contents(lambda contents: one(contents.resources)),
    ),
    Measure(
        "feeds_newest_change_timestamp_seconds",
        "gauge",
        "When the newest entry of any feed last changed.",
        newest,
    ),
    # Who reads.
    Measure(
        "feeds_claimed_subscribers",
        "gauge",
        "Subscribers as those claim who fetch feeds for others, as far as claims are believed.",
        lambda status: one(status.subscribers[-1]),
    ),
    Measure(
        "feeds_subscribers",
        "gauge",
        "Subscribers at least (low) and at most (high), by clients that were counted and "
        "by claims.",
        subscribers,
        ("bound",),
    ),
    Measure(
        "feeds_readers",
        "gauge",
        "Programs and services that polled since yesterday began in UTC, by what they are.",
        lambda status: Counter((reader.kind,) for reader in status.readers),
        ("kind",),
    ),
    # Who is told of changes.
    Measure(
        "feeds_changes_told_total",
        "counter",
        "Changes of which a hub, or what purges caches, has been told, since the state directory "
        "was begun.",
        of_push(lambda told: told.sent),
        ("to",),
    ),
    Measure(
        "feeds_changes_given_up_total",
        "counter",
        "Changes of which it never will be.",
        of_push(lambda told: told.given_up),
        ("to",),
    ),
    Measure(
        "feeds_changes_waiting",
        "gauge",
        "Changes of which it is still to be told.",
        of_push(lambda told: told.waiting),
        ("to",),
    ),
    Measure(
        "feeds_tellings_failed_total",
        "counter",
        "Tries to tell it that came to nothing.",
        of_push(lambda told: told.failed),
        ("to",),
    ),
    Measure(
        "feeds_telling_failures",
        "gauge",
        "How many of these there were in a row until now.",
        of_push(lambda told: told.failures),
        ("to",),
    ),
    # The server itself.
    Measure(
        "feeds_workers",
        "gauge",
        "Processes that are to answer.",
        of_run(lambda run: one(run.workers)),
    ),
    Measure(
        "feeds_processes_started_total",
        "counter",
        "Workers and refreshers that were started: one more for each that died.",
        of_run(lambda run: by(run.started)),
        ("process",),
    ),
    Measure(
        "feeds_start_timestamp_seconds",
        "gauge",
        "When the server was started.",
        of_run(lambda run: at(run.since)),
    ),
    Measure(
        "feeds_build_info",
        "info",
        "The version of the program.",
        of_run(lambda run: {(run.version,): 1}),
        ("version",),
    ),
)
"""All that is measured; one line more here is one more there, and in the documentation."""
