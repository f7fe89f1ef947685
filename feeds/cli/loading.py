"""The program's own parts, loaded without a search for garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Look for no garbage in the block, nor later in what is loaded there: the search is slow.

    It takes a tenth of what it takes to load all, each time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
