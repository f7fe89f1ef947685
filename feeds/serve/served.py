"""What a server answers by, from one request to the next."""

from collections.abc import Callable

from feeds.serve.operator import Operator
from feeds.serve.publication import Publication
from feeds.serve.tally import Tally


class Served:
    """What is served now; every request reads `publication` once, so that none sees two.

    `renew` is called, in a thread, where there is none, and where files are not what it says: it
    swaps in the next one where that has come. Answers are noted in a `tally`. An `operator` is
    answered besides. Who asks through a proxy is known by what that says in a `client_field`.
    """

    __slots__ = ("client_field", "operator", "publication", "renew", "tally")

    def __init__(
        self,
        publication: Publication | None = None,
        renew: Callable[[], object] = lambda: None,
    ) -> None:
        self.publication = publication
        self.renew = renew
        self.tally = Tally()
        self.operator: Operator | None = None
        self.client_field = b""

    def swap(self, publication: Publication) -> None:
        """Serve this publication from the next request on, from whatever thread."""
        self.publication = publication
