"""How a person is written on one line: a name, an e-mail address, or both."""

import re

from feeds.text.urls import check_domain

_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_NAME_FIRST = re.compile(r"([^<>]*+)<([^<>@]*+@[^<>]*+)>")
_ADDRESS_FIRST = re.compile(r"([^\s()<>@]++@[^\s()<>]++)\s*+\(([^()]*+)\)")
_ADDRESS_ALONE = re.compile(r"(?:mailto:)?([^\s()<>@]++@[^\s()<>@.]++\.[^\s()<>@]++)")


def split_person(line: str) -> tuple[str, str]:
    """Take a name and an e-mail address, unchecked, out of a line; either may be empty.

    It may be written as `Jane Doe <jane@example.org>` (RFC 5322, section 3.4), as RSS has
    it, `jane@example.org (Jane Doe)`, or be one of both alone.
    """
    if found := _NAME_FIRST.fullmatch(line):
        return found[1].strip().strip('"').strip(), found[2].strip()
    if found := _ADDRESS_FIRST.fullmatch(line):
        return found[2].strip(), found[1]
    if found := _ADDRESS_ALONE.fullmatch(line):
        return "", found[1]
    return line, ""


def check_email(raw: str) -> str | None:
    """Give an e-mail address as it is written, or None where it is none that mail reaches.

    That is the form of the HTML Standard (section 4.10.5.1.5), with a domain that has a dot.
    A domain that is not in ASCII is given in punycode, which every reader knows.
    """
    local, _, domain = raw.strip().removeprefix("mailto:").rpartition("@")
    if not _LOCAL_PART.fullmatch(local) or "/" in domain or ":" in domain:
        return None
    # With a label before it, since to mail `www.` is a part of the name.
    named = (check_domain(f"x.{domain}") or "").removeprefix("x.")
    if "." not in named:
        return None
    return f"{local}@{domain if domain.isascii() else named}"
