"""What is held in memory of the resources that are served: the least recently used goes first."""

from collections import OrderedDict
from collections.abc import Iterable

from feeds.serve.prepared import Prepared


class Shelf:
    """Holds prepared resources by their paths, about as many bytes of them as `most`.

    Only one thread may use it; another one may look at its `items`.
    """

    def __init__(self, most: int, known: Iterable[tuple[str, Prepared]] = ()) -> None:
        self.most = most
        self._held: OrderedDict[str, Prepared] = OrderedDict(known)
        self._weights = {path: prepared.weight for path, prepared in self._held.items()}
        self._total = sum(self._weights.values())
        self._make_room()

    @property
    def total(self) -> int:
        """About how many bytes are held."""
        return self._total

    def items(self) -> list[tuple[str, Prepared]]:
        """Give what is held, the least recently used first."""
        return list(self._held.items())

    def get(self, path: str) -> Prepared | None:
        """Give what is held under a path, and have it go last."""
        prepared = self._held.get(path)
        if prepared is not None:
            self._held.move_to_end(path)
        return prepared

    def add(self, path: str, prepared: Prepared) -> None:
        """Hold a resource."""
        self._held[path] = prepared
        self._weights[path] = 0
        self.weigh(path, prepared)

    def weigh(self, path: str, prepared: Prepared) -> None:
        """Note that a resource has become heavier, if it is held still."""
        if self._held.get(path) is prepared:
            weight = prepared.weight
            self._total += weight - self._weights[path]
            self._weights[path] = weight
            self._make_room()

    def _make_room(self) -> None:
        while self._held and self._total > self.most:
            path, _ = self._held.popitem(last=False)
            self._total -= self._weights.pop(path)
