"""Former addresses are looked up at once, and found as if all of them were gone through."""

from hypothesis import given, strategies as st

from feeds.model import FormerAddresses, Gone, Redirect

# Few different parts, so that what is asked for is often near what is known.
PARTS = st.lists(st.sampled_from(["", "a", "b", "a*", "*", "a.atom"]), min_size=1, max_size=5)
PATHS = PARTS.map("/".join)
KNOWN = st.one_of(PATHS, PATHS.map(lambda path: f"{path}/*"))
REDIRECTS = st.lists(KNOWN.map(lambda path: Redirect(path, f"https://a.example/{path}", 301)))
GONE = st.lists(KNOWN.map(Gone))


def plainly(former: FormerAddresses, path: str) -> Redirect | Gone | None:
    """Find what is answered under a path by going through everything."""
    everything = (*former.redirects, *former.gone)
    exact = [known for known in everything if known.path == path]
    folders = [known for known in everything if known.path.endswith("/*")]
    above = [known for known in folders if path.startswith(known.path[:-1])]
    nearest = sorted(above, key=lambda known: -len(known.path))
    return next(iter(exact + nearest), None)


@given(REDIRECTS, GONE, PATHS)
def test_what_is_found_is_what_is_defined(
    redirects: list[Redirect], gone: list[Gone], path: str
) -> None:
    """What is said of a path alone comes first, then of the nearest directory above it."""
    former = FormerAddresses(tuple(redirects), tuple(gone))
    assert former.find(path) is plainly(former, path)
    for known in (*redirects, *gone):
        assert former.find(known.path) is plainly(former, known.path)


def test_the_first_that_says_something_of_a_path_holds() -> None:
    """Redirects come before what is gone, and both in their order."""
    first, second = (Redirect("a", f"https://{name}.example/", 301) for name in "xy")
    assert FormerAddresses((first, second), (Gone("a"),)).find("a") is first
    assert FormerAddresses((), (Gone("a", "b"), Gone("a"))).find("a") == Gone("a", "b")


def test_what_is_ordered_by_path_is_no_part_of_what_they_are() -> None:
    """They are equal, and are written down, by what they say alone."""
    former = FormerAddresses((Redirect("a", "https://a.example/", 301),), (Gone("b/*"),))
    assert former == FormerAddresses(former.redirects, former.gone)
    assert hash(former) == hash(FormerAddresses(former.redirects, former.gone))
    assert repr(former) == f"FormerAddresses(redirects={former.redirects}, gone={former.gone})"
