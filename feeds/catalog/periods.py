"""Which entries of channels are of a period."""

from sqlalchemy import bindparam

from feeds.catalog import schema

_memberships = schema.memberships

WITHIN = (
    _memberships.c.position.is_not(None),
    _memberships.c.published >= bindparam("first"),
    _memberships.c.published < bindparam("end"),
)
"""Conditions of entries that were published from `first` on and before `end`, in seconds."""
