"""What there is to know of findings apart from documents: what codes mean, and who wants which."""

from feeds.findings.choice import Choice, UnknownCode, codes_of, unknown
from feeds.findings.explanations import Explanation, explanation, explanations, reference
from feeds.findings.reports import REPORTS, Located

__all__ = [
    "REPORTS",
    "Choice",
    "Explanation",
    "Located",
    "UnknownCode",
    "codes_of",
    "explanation",
    "explanations",
    "reference",
    "unknown",
]
