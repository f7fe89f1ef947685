"""When the corpus is read again while the server runs."""

from dataclasses import dataclass
from typing import Annotated

from feeds.config.kinds import Argument, CommandLine, CronExpression, Example, Switch, WholeNumber
from feeds.config.section import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Reload(Section):
    """When the corpus is read again."""

    every: Annotated[int, WholeNumber(1), Example(60)] = 300
    """Seconds between the beginnings of two refreshes; one more comes after midnight in UTC."""

    cron: Annotated[CronExpression | None, Example("*/15 6-22 * * mon-fri")] = None
    """Instead of `every`: the times of refreshes as a cron expression in `time_zone`, such as
    `*/15 6-22 * * mon-fri`; one more comes after midnight in UTC."""

    watch: Switch = False
    """Whether changes of the corpus are read at once, too; needs `feeds[watch]`."""

    command: Annotated[
        tuple[Argument, ...], CommandLine(), Example(["git", "pull", "--ff-only"])
    ] = ()
    """What the server runs before each scan, in the directory of this file, such as
    `git pull --ff-only`: a program and its arguments, in one text or as a list; never a shell."""

    timeout: Annotated[int, WholeNumber(1, 86_400), Example(120)] = 60
    """Seconds after which the command is killed, with all that it started."""

    limit: Annotated[int, WholeNumber(1, 604_800), Example(600)] = 3_600
    """Seconds after which a refresh that has not ended is ended with its process; another one
    takes its place and begins anew."""
