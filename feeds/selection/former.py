"""What is answered under addresses at which nothing is published any more."""

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from feeds.config.moved import Move, Way, Ways, last_way, moves_channel, ways
from feeds.model import Redirect

# RFC 3986, section 3.3: what stands in a path as it is, besides letters and digits.
_PATH = "/-._~!$&'()*+,;=:@"


def redirects(moved: Mapping[str, Move], root: str) -> tuple[Redirect, ...]:
    """Give what is redirected, each to where it leads in the end, by path.

    So whoever asks is redirected once, however often a feed has moved. `root` is the base URL
    without a slash at its end.
    """
    found = ways(moved)
    ends = {source: way for source in found if (way := last_way(found, source))}
    everything = {**dict(_through(ends)), **ends}
    return tuple(_redirect(source, everything[source], root) for source in sorted(everything))


def _through(ends: Ways) -> Iterator[tuple[str, Way]]:
    """Give the paths below directories that moved to where a path of its own leads further."""
    for source, way in ends.items():
        folder = way.target[:-1]
        for path, end in ends.items() if source.endswith("/*") else ():
            if path.startswith(folder) and path != way.target:
                is_permanent = way.is_permanent and end.is_permanent
                yield source[:-1] + path[len(folder) :], Way(end.target, is_permanent)


def moved_stems(moved: Mapping[str, Move]) -> frozenset[str]:
    """Give the stems of channels that are nowhere here any more."""
    return frozenset(source for source, move in moved.items() if moves_channel(source, move.to))


def _redirect(source: str, way: Way, root: str) -> Redirect:
    # Where all below a directory moves, what is below it is put at the end of the target.
    target = way.target.removesuffix("*") if source.endswith("/*") else way.target
    if not target.startswith(("http://", "https://")):
        target = f"{root}/{quote(target.removeprefix('/'), safe=_PATH)}"
    return Redirect(source, target, 301 if way.is_permanent else 302)
