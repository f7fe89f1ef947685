"""What several tests ask of the sample corpus by queries."""

from typing import NamedTuple


class SampleQuery(NamedTuple):
    """Where a query is answered: the path of its feeds without suffix, of its page, and the rest.

    `words` are what people type to come to that page, where it is found by words; `least` is how
    many articles there are at least.
    """

    stem: str
    page: str
    asked: str
    least: int
    words: str = ""

    def feed(self, suffix: str) -> str:
        """Give the address of its feed from the root on."""
        return f"/{self.stem}{suffix}{self.asked}"


QUERIES = {
    "a word": SampleQuery("search", "/search/", "?q=library", 5, "Library"),
    "words": SampleQuery("search", "/search/", "?q=small+museum", 2, "small  MUSEUM"),
    "not a word": SampleQuery("search", "/search/", "?q=model+-library", 3, "model -library"),
    "a beginning": SampleQuery("search", "/search/", "?q=muse%2A", 5, "muse*"),
    "of two topics": SampleQuery(
        "topics/artificial-intelligence+machine-learning",
        "/topics/artificial-intelligence+machine-learning/",
        "",
        1,
    ),
    "of any topic": SampleQuery(
        "topics/ocean-science,urban-gardening", "/topics/ocean-science,urban-gardening/", "", 5
    ),
    "of any good one": SampleQuery(
        "topics/ocean-science,urban-gardening",
        "/topics/ocean-science,urban-gardening/",
        "?min_quality=70",
        1,
    ),
}
"""Queries by what they ask for."""
