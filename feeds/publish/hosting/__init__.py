"""Hosts of files: one room for each way to configure one, found by its name."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from feeds.publish.hosting._hosted import Host, Hosted, Kind, as_written

__all__ = ["Host", "Hosted", "Kind", "as_written", "hosts"]


@cache
def hosts() -> dict[str, Host]:
    """Give all ways to configure a host of files, by name."""
    names = [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]
    rooms: list[Host] = [import_module(f"{__name__}.{name}").HOST for name in names]
    return {room.name: room for room in rooms}
