"""What a cycle tells of its work while it goes on."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Is told a stage when it begins and as it goes on: its name, how much is done, how much there is.

How much there is is 0 where it cannot be known.
"""
