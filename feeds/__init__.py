"""Turns a corpus of curated news into Atom, RSS and JSON feeds, and serves them."""

__version__ = "0.1.0"
