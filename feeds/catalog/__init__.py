"""What is known of the corpus and of what was published: the only SQL."""

from feeds.catalog.archives import Members, Place
from feeds.catalog.catalog import Catalog
from feeds.catalog.census import MemberCount
from feeds.catalog.comparisons import Comparisons
from feeds.catalog.coverage import Coverage
from feeds.catalog.digests import Digested
from feeds.catalog.documents import KnownFile
from feeds.catalog.inquiries import ArticleKnown, DigestNaming, DocumentKnown, Stand
from feeds.catalog.ledger import Ledger
from feeds.catalog.memberships import ChannelEntry, Standings
from feeds.catalog.newest import Leading
from feeds.catalog.notes import read_note, write_note
from feeds.catalog.opening import (
    NEEDS,
    check_state,
    copy_catalog,
    histories_in,
    look_into_catalog,
    open_catalog,
    save_catalog,
    state_of_catalog,
)
from feeds.catalog.parts import parts
from feeds.catalog.promises import Damaged, make_folder
from feeds.catalog.search_index import SearchIndex, Unsearchable
from feeds.catalog.searchables import Standing
from feeds.catalog.searching import (
    drop_index,
    edition_of,
    has_index,
    new_index,
    open_index,
    search,
)
from feeds.catalog.stories import Stories, Teller
from feeds.catalog.telling import Told, tell
from feeds.catalog.tombstones import DeletedEntry
from feeds.catalog.visibility import Transition

__all__ = [
    "NEEDS",
    "ArticleKnown",
    "Catalog",
    "ChannelEntry",
    "Comparisons",
    "Coverage",
    "Damaged",
    "DeletedEntry",
    "DigestNaming",
    "Digested",
    "DocumentKnown",
    "KnownFile",
    "Leading",
    "Ledger",
    "MemberCount",
    "Members",
    "Place",
    "SearchIndex",
    "Stand",
    "Standing",
    "Standings",
    "Stories",
    "Teller",
    "Told",
    "Transition",
    "Unsearchable",
    "check_state",
    "copy_catalog",
    "drop_index",
    "edition_of",
    "has_index",
    "histories_in",
    "look_into_catalog",
    "make_folder",
    "new_index",
    "open_catalog",
    "open_index",
    "parts",
    "read_note",
    "save_catalog",
    "search",
    "state_of_catalog",
    "tell",
    "write_note",
]
