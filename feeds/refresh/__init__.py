"""One cycle of work, from the corpus to the publication; everything it needs is handed in."""

from feeds.refresh.carried import Carried
from feeds.refresh.cycle import refresh
from feeds.refresh.plan import Plan, Report
from feeds.refresh.progress import Progress

__all__ = ["Carried", "Plan", "Progress", "Report", "refresh"]
