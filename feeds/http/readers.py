"""Who fetches a feed, as those say who fetch it, and for how many people.

There is no standard for that: programs name themselves in User-Agent (RFC 9110, 10.1.5), each in
its own way, aggregators add for how many they fetch, and anybody may say anything. A claim is a
claim, and none is worth more than a bound.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

MOST_MORE = 1_000
"""By how many subscribers the claims of one hour move what counts of a reader, at most."""

Kind = Literal["person", "service", "program", "browser", "robot"]
"""What fetches: a reader of one person, one of many, a library, a browser, a search engine's."""

UNNAMED = "unnamed"
"""What a reader is called that does not say who it is."""

A_BROWSER = "a browser"
"""What all browsers are called: people look at a feed with them, and seldom twice."""

_LONGEST = 400
_MOST_NAME = 40
_REMEMBERED = 4_096
_OF_FEED = " #"

# `24 subscribers`, `1 subscriber`, `1,204 subscribers`, `2 readers`; `Subscriber Count: 24`.
_NUMBER = re.compile(
    r"(?<![\d,.])(?P<before>\d{1,3}(?:,\d{3}){1,2}|\d{1,9}) (?:subscriber|reader)s?\b"
    r"|\bsubscribers?(?: count)?: ?(?P<after>\d{1,9})\b",
    re.IGNORECASE | re.ASCII,
)
_FEED = re.compile(r"\bfeed-?id[:=] ?([0-9a-z]{1,40})", re.IGNORECASE | re.ASCII)

_WORDS = (
    r"([A-Za-z][A-Za-z\d._! -]*?)"
    r"(?=[/;:(),+]| - | feed-?id| feed ?fetcher| page fetcher| v?\d|$)"
)
_NAME = re.compile(_WORDS, re.IGNORECASE)
# A browser that it says it is compatible with comes first, for reasons that were good in 1996.
_COMPATIBLE = re.compile(rf"\bcompatible; ?{_WORDS}", re.IGNORECASE)
_MOZILLA = re.compile(r"Mozilla[/ ][\d.]+ ?")
_PRODUCT = re.compile(r"([A-Za-z][A-Za-z\d._-]*)(?:/[\w.]|(?<=[Bb]ot)\b)")
_ENGINE = re.compile(r"\b(?:AppleWebKit|Gecko|Trident|Presto|MSIE|KHTML)\b")
_BROWSERS = frozenset({"msie", "konqueror"})
_ROBOT = re.compile(r"bot\b|bot[_-]|spider|crawl|slurp|archiver", re.IGNORECASE)
_TOKEN = re.compile(r"[\w.-]+", re.ASCII)

# Where the name that a program says is not what people know it by.
_KNOWN_AS = {
    "akregator": "Akregator",
    "android rss reader": "Feeder",
    "emacs elfeed": "Elfeed",
    "dreamwidth studios": "Dreamwidth",
    "discordbot": "Discord",
    "feedfetcher-google": "Google Feedfetcher",
    "feeddlerpro": "Feeddler",
    "feeddlerrss": "Feeddler",
    "feedlybot": "Feedly",
    "feedspotbot": "Feedspot",
    "g2reader-bot": "G2Reader",
    "inoreader.com": "Inoreader",
    "livejournal.com": "LiveJournal",
    "nextcloud-news": "Nextcloud News",
    "rssbandit": "RSS Bandit",
    "rssguard": "RSS Guard",
    "simplepie": "SimplePie",
    "slackbot": "Slack",
    "slackbot-linkexpanding": "Slack",
    "spacecowboys android rss reader": "Feeder",
    "superfeedr bot": "Superfeedr",
    "theoldreader.com": "The Old Reader",
    "tt-rss": "Tiny Tiny RSS",
    "unread rss reader": "Unread",
    "wirereaderbot": "Wire",
}

# Who fetches for many, also where no claim says so.
_SERVICES = frozenset(
    {
        "bazqux", "bloglines", "bloglovin", "blogtrottr", "discord", "dreamwidth",
        "feed wrangler", "feedbin", "feedburner", "feedhq", "feedly", "feedspot",
        "flipboardproxy", "g2reader", "google feedfetcher", "ifttt", "inoreader",
        "livejournal", "monitorss", "netvibes", "newsblur", "newsgatoronline",
        "overcast", "plainfeeder", "readwise", "slack", "superfeedr",
        "the old reader", "wire", "yahoofeedseeker", "zapier",
    }
)  # fmt: skip

# What fetches for whoever wrote a few lines around it.
_PROGRAMS = frozenset(
    {
        "aiohttp", "apache-httpclient", "axios", "cfnetwork", "curl", "dart",
        "feedparser", "go-http-client", "gofeed", "got", "guzzlehttp", "http.rb",
        "httpie", "httpx", "java", "libcurl", "libwww-perl", "magpierss", "node",
        "node-fetch", "okhttp", "perl", "php", "postmanruntime", "python", "python-httpx",
        "python-requests", "python-urllib", "reqwest", "rome", "ruby", "simplepie",
        "typhoeus", "undici", "universalfeedparser", "unnamed", "urllib3", "wget",
        "wordpress",
    }
)  # fmt: skip

# Readers of one person that a User-Agent field names after the browser they have in them.
_IN_BROWSERS = re.compile(
    r"\b(?:akregator|feeddemon|fluent-reader|liferea|miniflux|netnewswire|newsflash|quiterss"
    r"|raven-reader|readkit|reeder|rssguard|rssowl|thunderbird|vienna)\b",
    re.IGNORECASE,
)


class Reader(NamedTuple):
    """Who fetches: its name as people know it, and what kind it is of.

    Where it claims `subscribers`, it fetches for so many. `feed` is what it knows the feed by, if
    it says that.
    """

    name: str
    kind: Kind
    subscribers: int | None = None
    feed: str = ""

    @property
    def claimant(self) -> str:
        """Under which name a claim counts: each feed that a reader knows counts for itself."""
        return f"{self.name}{_OF_FEED}{self.feed}" if self.feed else self.name


def name_of(claimant: str) -> str:
    """Give the name of the reader by that under which its claim counts."""
    return claimant.partition(_OF_FEED)[0]


def reader_of(user_agent: bytes | str) -> Reader:
    """Tell who fetches, whatever a User-Agent field says; what it does not know, it calls so.

    A name has 1 to 40 printable characters of ASCII. One who claims subscribers and says no name
    claims nothing.
    """
    # What is remembered is bounded, too, by what is looked at.
    return _reader_of(user_agent[:_LONGEST])


@lru_cache(_REMEMBERED)
def _reader_of(user_agent: bytes | str) -> Reader:
    text = user_agent.decode("latin-1") if isinstance(user_agent, bytes) else user_agent
    text = text.replace("%20", " ").strip()
    said = _said_name(text)
    if said is None:
        return Reader(_token(text), "program")
    name = _KNOWN_AS.get(said.lower(), said)
    number = _NUMBER.search(text)
    if number is None:
        return Reader(name, _kind(name, said))
    digits = (number["before"] or number["after"]).replace(",", "")
    feed = _FEED.search(text)
    return Reader(name, "service", int(digits), feed[1] if feed else "")


def is_known(name: str) -> bool:
    """Tell whether a reader of that name is known to fetch for many."""
    return name.lower() in _SERVICES


def moved(count: int, claim: int) -> int:
    """Tell how many subscribers count of a reader after the claim of another hour.

    It moves the count towards what it says, by `MOST_MORE` at most, so that one who says a
    million once adds a thousand, until the reader itself asks again.
    """
    return count + max(-MOST_MORE, min(claim - count, MOST_MORE))


def believed(claims: Mapping[str, int]) -> dict[str, int]:
    """Bound what counts of all claims of one feed, by who claims.

    Readers whom nobody knows count together for `MOST_MORE` subscribers at most, however many names
    there are; the small ones first, since who says much is more likely to be none.
    """
    room, found = MOST_MORE, dict(claims)
    unknown = {claim for claim in claims if not is_known(name_of(claim))}
    for claimant in sorted(unknown, key=lambda each: (claims[each], each)):
        found[claimant] = min(claims[claimant], room)
        room -= found[claimant]
    return found


def _said_name(text: str) -> str | None:
    """Find the name that a field says; None where there is none."""
    found = _COMPATIBLE.search(text)
    mozilla = _MOZILLA.match(text)
    if found is not None and found[1].strip():
        name = _short(found[1])
        return A_BROWSER if name.lower() in _BROWSERS else name
    if mozilla is not None:
        return _name_in_browser(text, mozilla.end())
    found = _NAME.match(text)
    return _short(found[1]) if found else None


def _name_in_browser(text: str, start: int) -> str:
    """Find the reader or robot that names itself in what a browser says, or that browser."""
    if reader := _IN_BROWSERS.search(text, start):
        return reader[0]
    products: list[str] = _PRODUCT.findall(text, start)
    if robot := next(filter(_ROBOT.search, products), None):
        return _short(robot)
    other = None if _ENGINE.search(text, start) else _NAME.match(text, start)
    return _short(other[1]) if other else A_BROWSER


def _short(name: str) -> str:
    return name.strip()[:_MOST_NAME].strip()


def _kind(name: str, said: str) -> Kind:
    lower = name.lower()
    if lower in _SERVICES:
        return "service"
    if lower in _PROGRAMS:
        return "program"
    if name == A_BROWSER:
        return "browser"
    return "robot" if _ROBOT.search(said) else "person"


def _token(text: str) -> str:
    """Give the first word of what says no name."""
    found = _TOKEN.search(text)
    word = found[0].strip("-.")[:_MOST_NAME] if found else ""
    return word or UNNAMED
