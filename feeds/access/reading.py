"""Lines of a file to requests, in whichever form they are."""

from feeds.access.forms import ReadLine, Visit, forms

LONGEST = 65_536
"""A line of more bytes than this is no line of a log."""


class Lines:
    """Reads the lines of one file, and counts them.

    `unread` are those that are of no form, of which `first_unread` is the first, counted from 1.
    What says what follows, as `#Fields:` does, is no such line, nor is an empty one.
    """

    def __init__(self) -> None:
        self._readers: list[ReadLine] = [form.begin() for form in forms()]
        self.number = 0
        self.unread = 0
        self.first_unread: int | None = None

    def read(self, data: bytes) -> Visit | None:
        """Read a line without its end; None for one that is no request."""
        self.number += 1
        if len(data) <= LONGEST:
            line = data.decode("utf-8", "replace").rstrip("\r")
            for place, read in enumerate(self._readers):
                if (visit := read(line)) is not None:
                    if place:
                        # Nearly always a file is in one form, which is tried first from now on.
                        self._readers.insert(0, self._readers.pop(place))
                    return visit
            if line.startswith("#") or not line.strip():
                return None
        self.unread += 1
        self.first_unread = self.first_unread or self.number
        return None
