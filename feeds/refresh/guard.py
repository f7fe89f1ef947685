"""What keeps a slip in the corpus from reaching subscribers as a flood or a loss."""

from collections.abc import Iterable
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
    """Watches which entries would go, and refuses when they are too many.

    `before` is how many entries are published. An entry whose article gets another id goes
    and comes back as a new one, so it counts among those that go.
    """

    before: int
    _gone: dict[str, str] = field(default_factory=dict)
    _come: set[str] = field(default_factory=set)

    def watch(self, transitions: Iterable[Transition]) -> None:
        """Note which entries come and go in a batch."""
        for item in transitions:
            shown_as = item.stored.id if item.is_visible else None
            if shown_as == item.shown_as:
                continue
            if shown_as:
                self._come.add(shown_as)
            if item.shown_as:
                self._gone[item.shown_as] = item.stored.article.path

    def dropped(self) -> dict[str, str]:
        """Give the ids of entries that go and do not come back, with their documents."""
        return {key: path for key, path in self._gone.items() if key not in self._come}

    def new(self) -> int:
        """Count the entries that are published now and were not."""
        return len(self._come - self._gone.keys())

    def check(self, findings: tuple[Finding, ...] = ()) -> None:
        """Raise `Refused` where more than a fifth, and more than ten, entries would go."""
        dropped = self.dropped()
        if len(dropped) <= _FEW or len(dropped) <= self.before * _SHARE:
            return
        named = [f"  {shown(path)} ({key})" for key, path in list(dropped.items())[:_NAMED]]
        more = [f"  and {len(dropped) - _NAMED} more"] if len(dropped) > _NAMED else []
        message = (
            f"{len(dropped)} of {self.before} published entries would go or change their ids; "
            "--force accepts that"
        )
        raise Refused("\n".join([message, *named, *more]), findings)
