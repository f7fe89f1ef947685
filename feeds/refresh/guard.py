"""What keeps a slip in the corpus from reaching subscribers as a flood or a loss."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from feeds.catalog import Transition
from feeds.errors import Refused
from feeds.model import Finding
from feeds.text.clean import shown

_SHARE = 0.2
_FEW = 10
_NAMED = 10


@dataclass(slots=True)
class Guard:
    """Watches which entries would come, go or change their ids, and refuses too many.

    To a reader, an entry whose article gets another id goes, and comes back as a new one.
    """

    _gone: dict[str, str] = field(default_factory=dict)
    _come: dict[str, str] = field(default_factory=dict)
    _changed: dict[str, tuple[str, str]] = field(default_factory=dict)

    def watch(self, transitions: Iterable[Transition]) -> None:
        """Note which entries come and go."""
        for item in transitions:
            before, path = item.shown_as, item.path
            after = item.id if item.is_visible else None
            if after == before:
                continue
            if after:
                self._come[after] = path
            if before:
                self._gone[before] = path
            if before and after and not item.is_elsewhere:
                self._changed[path] = before, after

    def dropped(self) -> dict[str, str]:
        """Give the ids of entries that go and do not come back, with their documents."""
        return {key: path for key, path in self._gone.items() if key not in self._come}

    def new(self) -> dict[str, str]:
        """Give the ids of entries that are published now and were not, with their documents."""
        return {key: path for key, path in self._come.items() if key not in self._gone}

    def changed(self) -> dict[str, tuple[str, str]]:
        """Give the documents whose articles get another id: the one before, and that one."""
        return dict(self._changed)

    def check(self, count: Callable[[], int], findings: tuple[Finding, ...] = ()) -> None:
        """Raise `Refused` where more than a fifth, and more than ten, entries would be lost.

        Entries, as many as there are now, are counted only where it matters.
        """
        lost = self._lost()
        if len(lost) <= _FEW:
            return
        after = count()
        before = after + len(self._gone) - len(self._come)
        if len(lost) <= before * _SHARE:
            return
        more = [f"  and {len(lost) - _NAMED} more"] if len(lost) > _NAMED else []
        message = (
            f"{len(lost)} of {before} published entries would go or change their ids; "
            "--force accepts that, --dry-run --force shows all of it "
            f"({before} entries before, {after} after)"
        )
        raise Refused("\n".join([message, *lost[:_NAMED], *more]), findings)

    def _lost(self) -> list[str]:
        """Give a line for each entry that readers would lose, or get again as a new one."""
        changed = dict(self._changed.values())
        return [
            f"  {shown(path)} ({key}{' -> ' + changed[key] if key in changed else ''})"
            for key, path in self._gone.items()
            if key in changed or key not in self._come
        ]
