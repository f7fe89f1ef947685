"""The forms in which logs are written, found by name: a form is one file here.

Each room is a module that exposes `FORM`; a module whose name begins with an underscore is
shared by the rooms and is none itself.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from feeds.access.forms._visit import Form, ReadLine, Visit

__all__ = ["Form", "ReadLine", "Visit", "forms"]


@cache
def forms() -> tuple[Form, ...]:
    """Give all forms of logs, by name."""
    names = [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]
    return tuple(import_module(f"{__name__}.{name}").FORM for name in sorted(names))
