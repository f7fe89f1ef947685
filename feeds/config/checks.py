"""What is asked of single values: each check returns what to keep or raises ValueError.

The messages are sentences for the user about a value that they call by its own text, cut.
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feeds.model import Database, database, is_database
from feeds.text.addresses import STORES, is_address, is_sound
from feeds.text.clean import clean_line, is_clean, shown
from feeds.text.cron import crontabs
from feeds.text.slugs import fold
from feeds.text.urls import check_domain, check_url

if TYPE_CHECKING:
    from feeds.config.conditions import Where

ORDERS = ("published", "added")
FREQUENCIES = ("daily", "weekly")
HOSTS_OF_FILES = ("redirects", "headers", "nginx", "caddy")
FORMATS = ("atom", "rss", "json")
READINGS = ("here", "workers")
PURGE_LISTS = ("files", "tags", "surrogate_keys")
MOST_READERS = 6
"""More readers than this only make it harder to find one's own."""
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
LISTENING = re.compile(r"(?:(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):)?([0-9]{1,5})")
MOST_PORT = 65_535

_SWITCHES = {"true": True, "True": True, "TRUE": True} | {
    "false": False,
    "False": False,
    "FALSE": False,
}

_OF_FEED, _STAND_IN = "{url}", "0address0of0a0feed0"
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,221}")
_PLAIN_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/*")
_EMAIL = re.compile(r"[^\s@<>()\",;:]+@[^\s@<>()\",;:]+")
# RFC 5646, section 2.1, without the grandfathered tags.
_LANGUAGE = re.compile(
    r"""(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})   # language
        (?:-[a-z]{4})?                                # script
        (?:-(?:[a-z]{2}|[0-9]{3}))?                   # region
        (?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*      # variants
        (?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*           # extensions
        (?:-x(?:-[a-z0-9]{1,8})+)?                    # private use
        |x(?:-[a-z0-9]{1,8})+""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
# RFC 4151, section 2.1.
_DNS_NAME = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
_AUTHORITY = re.compile(
    rf"(?:[a-z0-9._-]+@)?{_DNS_NAME}(?:,([0-9]{{4}})(?:-([0-9]{{2}})(?:-([0-9]{{2}}))?)?)?",
    re.IGNORECASE | re.ASCII,
)


def said(value: object) -> str:
    """Call a value by its text, cut at 80 characters, or by what it is when it has none."""
    if isinstance(value, str):
        return shown(value) if value else "an empty text"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else "nothing"


def prose(value: str) -> str:
    """Accept what can stand in a feed and make it one line; it may be empty."""
    if not is_clean(value):
        raise ValueError(f"{said(value)} has a character that a feed cannot carry")
    return clean_line(value)


def order(value: object) -> object:
    """Accept the name of an order of entries."""
    if value not in ORDERS:
        raise ValueError(f"must be {' or '.join(ORDERS)}, not {said(value)}")
    return value


def reading(value: object) -> object:
    """Accept who reads documents."""
    if value not in READINGS:
        raise ValueError(f"must be {' or '.join(READINGS)}, not {said(value)}")
    return value


def frequency(value: object) -> object:
    """Accept how often a digest is made; None is never."""
    if value is not None and value not in FREQUENCIES:
        raise ValueError(f"must be {' or '.join(FREQUENCIES)}, not {said(value)}")
    return value


def host_of_files(value: str) -> str:
    """Accept the name of a way to configure a host of files."""
    if value not in HOSTS_OF_FILES:
        close = get_close_matches(value.lower(), HOSTS_OF_FILES, 1)
        hint = f"did you mean `{close[0]}`?" if close else f"there are {', '.join(HOSTS_OF_FILES)}"
        raise ValueError(f"{said(value)} is no host of files; {hint}")
    return value


def feed_format(value: str) -> str:
    """Accept the name of a format of feeds."""
    if value not in FORMATS:
        close = get_close_matches(value.lower(), FORMATS, 1)
        hint = f"did you mean `{close[0]}`?" if close else f"there are {', '.join(FORMATS)}"
        raise ValueError(f"{said(value)} is no format of feeds; {hint}")
    return value


def purge_list(value: object) -> object:
    """Accept the name of a list of what is to be purged."""
    if value not in PURGE_LISTS:
        names = f"{', '.join(PURGE_LISTS[:-1])} or {PURGE_LISTS[-1]}"
        raise ValueError(f"must be {names}, not {said(value)}")
    return value


def not_empty(values: tuple[str, ...]) -> tuple[str, ...]:
    """Accept a list that has an item."""
    if not values:
        raise ValueError("must name at least one")
    return values


def few_readers(readers: Mapping[str, str]) -> Mapping[str, str]:
    """Accept no more readers than people look through."""
    if len(readers) > MOST_READERS:
        raise ValueError(f"must be {MOST_READERS} readers at the most, not {len(readers)}")
    return readers


def switch(value: object) -> bool:
    """Read a truth value from its text, which is one that YAML 1.2 takes for such a value."""
    if not isinstance(value, str) or value not in _SWITCHES:
        raise ValueError(f"must be true or false, not {said(value)}")
    return _SWITCHES[value]


def name(value: str) -> str:
    """Accept text as `prose` does, but not an empty one."""
    if not (text := prose(value)):
        raise ValueError("is empty")
    return text


def qualifier(value: str) -> str:
    """Accept a name without a colon, which is what ends a qualifier in a label."""
    text = name(value)
    if ":" in fold(text):
        raise ValueError(f"{said(text)} has a colon; write only what stands before it")
    return text


def slug(value: str) -> str:
    """Accept what can stand in a path of ours as it is."""
    if not SLUG.fullmatch(value):
        raise ValueError(
            f"{said(value)} is not a slug: 1 to 80 of a to z, 0 to 9 and -, and no - at its start"
        )
    return value


def path_part(value: str) -> str:
    """Accept one part of a path."""
    if value in {"", ".", ".."} or set(value) & set("/\\") or not is_clean(value):
        raise ValueError(f"{said(value)} is not one part of a path")
    return value


def location(value: object) -> object:
    """Accept a path that a file system can have; what is no text is for others to refuse."""
    if isinstance(value, str) and not (value and is_clean(value)):
        raise ValueError(f"{said(value)} is not a path")
    return value


def address(value: str) -> str:
    """Accept the address of a place in a bucket, and leave out a slash at its end.

    What may be a key to the store is never said again.
    """
    if set(value) & set("@?#"):
        raise ValueError("has more than a bucket and a prefix; keys come from the environment")
    if not is_address(value):
        known = ", ".join(f"{scheme}://bucket/prefix" for scheme in STORES)
        raise ValueError(f"{said(value)} is no place in a bucket; there are {known}")
    address = value.rstrip("/")
    bucket, *parts = address.partition("://")[2].split("/")
    if not _BUCKET.fullmatch(bucket):
        raise ValueError(f"{said(value)} names no bucket")
    # In an address, a percent sign would stand for something else.
    if "%" in value or not all(map(is_sound, parts)):
        raise ValueError(f"{said(value)} has a part that names nothing")
    return address


def kept_at(value: object) -> Path | Database:
    """Accept a path as `location` does, or the URL of a database."""
    if not isinstance(value, str):
        raise ValueError(f"must be text, not {said(value)}")  # noqa: TRY004 - as other problems
    return database(value) if is_database(value) else Path(str(location(value)))


def language(value: str) -> str:
    """Accept what is formed as a BCP 47 tag, registered or not."""
    if not _LANGUAGE.fullmatch(value):
        raise ValueError(f'{said(value)} is not a language tag such as "en" or "pt-BR"')
    return value


def authority(value: str) -> str:
    """Accept a tagging entity of RFC 4151, section 2.1, whose date may be left out."""
    found = _AUTHORITY.fullmatch(value)
    if not found or not _is_date(*found.groups()):
        raise ValueError(f'{said(value)} is not a domain and a date such as "example.org,2026"')
    return value


def _is_date(year: str | None, month: str | None, day: str | None) -> bool:
    try:
        date(int(year or 1), int(month or 1), int(day or 1))
    except ValueError:
        return False
    return True


def email_address(value: str) -> str:
    """Accept what looks like an e-mail address."""
    if not _EMAIL.fullmatch(value) or not is_clean(value):
        raise ValueError(f"{said(value)} is not an e-mail address")
    return value


def domain(value: str) -> str:
    """Accept a domain and return it as providers are called by it."""
    found = check_domain(value)
    if found is None or set(value) & set("/:"):
        raise ValueError(f'{said(value)} is not a domain such as "example.org"')
    return found


def host(value: str) -> str:
    """Accept a host name or an address; whether it exists, the server will find out."""
    if not re.fullmatch(r"[A-Za-z0-9._:%-]+", value):
        raise ValueError(f"{said(value)} is not a host name or an address")
    return value


def listening(value: str) -> str:
    """Accept a port, or an address and a port: `9464`, `10.0.0.5:9464`, `[::1]:9464`."""
    found = LISTENING.fullmatch(value)
    if found is None or int(found[1]) > MOST_PORT:
        raise ValueError(f'{said(value)} is neither a port nor an address and one: "10.0.0.5:9464"')
    return value


def time_zone(value: str) -> str:
    """Accept a zone that this machine's IANA data know."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError(f'{said(value)} is not an IANA zone such as "Europe/Lisbon"') from None
    return value


def words(value: object) -> object:
    """Divide a text into words at white space, quotes as in a shell; what is none stays as is."""
    if not isinstance(value, str):
        return value
    try:
        found = shlex.split(value)
    except ValueError:
        raise ValueError(f"{said(value)} has a quote or a \\ that is not closed") from None
    if not found:
        raise ValueError("is empty")
    return found


def argument(value: str) -> str:
    """Accept what can be handed to a program."""
    if not is_clean(value):
        raise ValueError(f"{said(value)} has a character that a command cannot be given")
    return value


def cron(value: str) -> str:
    """Accept a cron expression of five fields, as crontab(5) reads them."""
    crontabs(value)
    return value


def reader_address(value: str) -> str:
    """Accept the URL at which a reader takes a feed; `{url}` is where the feed's own goes."""
    if value.count(_OF_FEED) != 1:
        raise ValueError(f"must have {_OF_FEED} once, where the address of a feed goes")
    return check_url(value.replace(_OF_FEED, _STAND_IN)).replace(_STAND_IN, _OF_FEED)


def web_address(value: str) -> str:
    """Accept an absolute http or https URL, and return it as it is written in feeds."""
    return check_url(value)


def base_url(value: str) -> str:
    """Accept a URL as `web_address` does, if paths can be put at its end."""
    url = web_address(value)
    if "?" in url or "#" in url:
        raise ValueError(f"{said(url)} has a ? or #, so that no path can be put at its end")
    # All else means something to some server that is told of it, or is written otherwise there.
    if not _PLAIN_PATH.fullmatch(urlsplit(url).path):
        raise ValueError(f"{said(url)} has a path of more than letters, digits and /._~-")
    return url


def has_condition(where: "Where") -> "Where":
    """Accept conditions if there is one."""
    if not any(getattr(where, field.name) for field in fields(where)):
        keys = ", ".join(field.name.rstrip("_") for field in fields(where))
        raise ValueError(f"needs at least one condition: {keys}")
    return where
