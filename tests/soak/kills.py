"""A thousand publishers are killed at any moment, and readers notice nothing of it."""

import os
from pathlib import Path

import pytest
from casebook import Attempts
from killed import try_kills

KILLS = int(os.environ.get("KILLS", "1000"))
# Of one corpus; then another one begins.
AT_A_TIME = 250


@pytest.mark.case(34)
@pytest.mark.parametrize("seed", range(-(-KILLS // AT_A_TIME)))
def test_whenever_publishers_are_killed_nothing_is_lost(
    tmp_path: Path, attempts: Attempts, seed: int
) -> None:
    """Every answer is whole and as its validators say, and a restart finishes what was begun."""
    try_kills(tmp_path, min(AT_A_TIME, KILLS - seed * AT_A_TIME), seed, attempts)
