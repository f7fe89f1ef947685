"""What is known of the corpus and of what was published: the only SQL."""

from feeds.catalog.catalog import Catalog
from feeds.catalog.documents import KnownFile
from feeds.catalog.ledger import Ledger
from feeds.catalog.opening import Damaged, open_catalog
from feeds.catalog.visibility import Transition

__all__ = ["Catalog", "Damaged", "KnownFile", "Ledger", "Transition", "open_catalog"]
