from hypothesis import given, strategies as st

from feeds.model import History
from feeds.publish.history import MOST_STATES, continued, fresh_entries

A, B, C, D = b"a", b"b", b"c", b"d"

# Feeds of few different entries, each at most once, so that they come, go and come back.
feeds = st.lists(st.sampled_from([b"%d" % number for number in range(8)]), unique=True, max_size=6)


def run(states: list[list[bytes]]) -> tuple[dict[str, list[bytes]], History | None]:
    """Let a feed go through states, and give these by entity tag, and its history."""
    known: dict[str, list[bytes]] = {}
    history, before = None, None
    for number, entries in enumerate(states):
        after = f'"{number}"', entries
        if before is not None:
            history = continued(history, before, after)
        known[after[0]], before = entries, after
    return known, history


def test_what_came_or_changed_is_new_since_the_states_before() -> None:
    """A state that is longer past has more that is new since then."""
    _, history = run([[A, B], [C, A, B], [D, C, B]])
    assert history == History('"2"', {'"0"': 0b011, '"1"': 0b001})
    assert list(fresh_entries([D, C, B], 0b011)) == [D, C]


def test_a_state_since_which_all_is_new_is_left_out() -> None:
    """The whole feed says no less."""
    _, history = run([[A], [B], [B, C]])
    assert history == History('"2"', {'"1"': 0b10})


def test_what_went_alone_leaves_nothing_new() -> None:
    """A feed from which an entry went is new to nobody, but another."""
    _, history = run([[A, B, C], [A, C]])
    assert history == History('"1"', {'"0"': 0})


def test_what_went_and_came_back_is_new_again() -> None:
    """Nobody knows whether the reader forgot it meanwhile."""
    _, history = run([[A, B], [A], [A, B]])
    assert history == History('"2"', {'"0"': 0b10, '"1"': 0b10})


def test_a_feed_that_is_again_what_it_was_has_no_past_of_that() -> None:
    """Who has its entity tag has the feed."""
    first = continued(None, ('"a"', [A]), ('"b"', [A, B]))
    assert continued(first, ('"b"', [A, B]), ('"a"', [A])) == History('"a"', {'"b"': 0})


def test_a_history_of_something_else_counts_for_nothing() -> None:
    """Where a change was not noted, only the last state is known."""
    astray = History('"x"', {'"w"': 0})
    assert continued(astray, ('"a"', [A]), ('"b"', [A, B])) == History('"b"', {'"a"': 0b10})


def test_only_the_latest_states_are_kept() -> None:
    """The number of past states is bounded, and those of long ago go first."""
    count = MOST_STATES + 5
    _, history = run([[A, b"%d" % number] for number in range(count)])
    assert history is not None
    assert list(history.since) == [f'"{n}"' for n in range(count - 1 - MOST_STATES, count - 1)]


@given(st.lists(feeds, min_size=2, max_size=10))
def test_whoever_has_a_past_state_and_the_new_entries_has_the_feed(
    states: list[list[bytes]],
) -> None:
    """Nothing is missed: what is not sent was in the state that the reader has, byte for byte."""
    known, history = run(states)
    assert history is not None
    for state, fresh in history.since.items():
        sent = set(fresh_entries(states[-1], fresh))
        assert set(states[-1]) <= sent | set(known[state])
        assert sent >= set(states[-1]) - set(known[state])
        assert len(sent) < len(states[-1])


@given(feeds, feeds)
def test_since_the_state_before_no_more_is_new_than_must_be(
    before: list[bytes], after: list[bytes]
) -> None:
    """From one state to the next, exactly what was not there is new."""
    history = continued(None, ('"a"', before), ('"b"', after))
    fresh = [entry for entry in after if entry not in before]
    if len(fresh) < len(after):
        assert list(fresh_entries(after, history.since['"a"'])) == fresh
    else:
        assert history.since == {}
