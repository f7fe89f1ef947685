"""User-Agent fields as CDNs write them: with percent signs for what would break a line."""

from functools import lru_cache
from urllib.parse import unquote

_REMEMBERED = 4_096
_LONGEST = 1_000


def unescaped(agent: str) -> str:
    """Take percent signs away: once, or twice, as CloudFront wrote them until some day."""
    return _unescaped(agent[:_LONGEST]) if "%" in agent else agent


@lru_cache(_REMEMBERED)
def _unescaped(agent: str) -> str:
    return unquote(unquote(agent)) if "%25" in agent else unquote(agent)
