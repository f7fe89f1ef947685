"""Publishers are killed at any moment, and readers notice nothing of it."""

from pathlib import Path

import pytest
from casebook import Attempts
from killed import try_kills

# tests/soak/kills.py kills a thousand.
KILLS = 20


@pytest.mark.case(34)
def test_whenever_a_publisher_is_killed_nothing_is_lost(tmp_path: Path, attempts: Attempts) -> None:
    """Every answer is whole and as its validators say, and a restart finishes what was begun."""
    try_kills(tmp_path, KILLS, 0, attempts)
