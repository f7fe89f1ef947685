"""The one tree of errors; everything a caller may want to catch is here.

A bad document is never an exception: it is a `feeds.model.Finding`.
"""

from pathlib import Path
from typing import Self

from feeds.model import Database, Finding


class FeedsError(Exception):
    """Anything that ends a run; `exit_code` is what the process exits with."""

    exit_code = 1


class ConfigurationError(FeedsError):
    """The configuration is wrong; each of `problems` is one line for the user."""

    exit_code = 2

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type[Self], tuple[tuple[str, ...]]]:
        """Be what it was in another process, too."""
        return type(self), (self.problems,)


class Refused(FeedsError):
    """A guard refused to publish; the last publication is untouched.

    `findings` are what was found until then.
    """

    exit_code = 3

    def __init__(self, message: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(message)
        self.findings = findings


class StrictRefused(Refused):
    """A document has an error although the run was strict; nothing was published."""

    exit_code = 1


class CannotWrite(FeedsError):
    """The publication or the catalog could not be written; the last publication is untouched."""

    exit_code = 4

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot write {path}: {reason}")


class DatabaseFailed(FeedsError):
    """The database cannot be reached, or does not do what is asked of it.

    The last publication is untouched, unless it was being replaced: then the next one makes it
    whole.
    """

    exit_code = 4

    def __init__(self, database: Database, reason: str) -> None:
        super().__init__(f"cannot use {database}: {reason}")
        self.database, self.reason = database, reason

    def __reduce__(self) -> tuple[type[Self], tuple[Database, str]]:
        """Be what it was in another process, too."""
        return type(self), (self.database, self.reason)


class NewerCatalog(FeedsError):
    """The catalog is one of a newer program, and stays what it is; nothing was published."""

    exit_code = 2


class Locked(FeedsError):
    """Another publisher holds the lock of this state."""

    exit_code = 75


class Superseded(FeedsError):
    """Another publisher has taken our place meanwhile; of what we did nothing more is kept."""

    exit_code = 75

    def __init__(self, place: str) -> None:
        super().__init__(f"{place}: another publisher leads now; what was under way is given up")
