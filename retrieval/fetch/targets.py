"""Reads web addresses in the one form that is dialled; refuses what two programs could read in two ways.

Knows nothing of the network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import quote, urljoin

from retrieval.extract.text import clean_line
from retrieval.fetch.addresses import Address
from retrieval.fetch.answers import Fault

NOT_WEB = "is not a web address; write one that begins with https://"
MALFORMED = "is not written as a web address should be; copy it again from the browser"

_LONGEST = 4096  # characters of an address
_LONGEST_SHOWN = 200
_LONGEST_HOST = 253
_PARTS = re.compile(r"(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?", re.I | re.S)
_USER = re.compile(r"[a-z0-9._~%!$&'()*+,;=:-]*", re.I)
_PLACE = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::([0-9]{0,5}))?", re.I)
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# For showing: before the last @ of what may be a host, though a password may hold ? and # and come twice.
_CREDENTIALS = re.compile(r"((?:^|//)(?:[a-z][a-z0-9+.-]*:)?[/\\]*)[^/]*@", re.I)
_DEFAULTS = {"http": 80, "https": 443}
_UNQUOTED = "%/:?#[]@!$&'()*+,;=-._~|"


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart: ``host`` is a lower-case ASCII name without a final dot, or an IP address."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def address(self) -> Address | None:
        """The host where it is an IP address rather than a name."""
        return _address(self.host)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


def target(url: str) -> Target:
    """What an address points at. A name and password in it are dropped, as is the part after ``#``.

    Raises Fault unless it is a plain http or https address.
    """
    url = url.strip(" ")
    parts = _PARTS.fullmatch(url)
    if not parts:
        raise Fault(MALFORMED if re.match(r"https?:", url, re.I) else NOT_WEB)
    # Backslashes, tabs and line breaks are what parsers disagree on; \x7f-\x9f are controls too.
    if len(url) > _LONGEST or re.search(r"[\x00-\x1f\x7f-\x9f\\]", url):
        raise Fault(MALFORMED)
    scheme = parts[1].lower()
    credentials, _, place = parts[2].rpartition("@")
    found = _PLACE.fullmatch(place)
    if not found or not _USER.fullmatch(credentials):
        raise Fault(MALFORMED)
    port = int(found[2] or _DEFAULTS[scheme])
    if not 0 < port < 65536:
        raise Fault(MALFORMED)
    return Target(scheme, host_of(found[1]), port, _quoted((parts[3] or "/") + (parts[4] or "")))


def redirected(here: Target, location: str) -> Target:
    """Where a redirect leads. Raises Fault where that is no plain http or https address."""
    try:
        if re.search(r"[\x00-\x1f\x7f\\]", location) or len(location) > _LONGEST:
            raise Fault(MALFORMED)
        whole = re.match(r" *[a-z][a-z0-9+.-]*:", location, re.I)
        return target(location if whole else urljoin(str(here), location.strip(" ")))
    except (Fault, ValueError):
        raise Fault("leads on to something that is not a web address") from None


def host_of(written: str) -> str:
    """A host in the one form it is compared and dialled in. Raises Fault for any that is not plain."""
    host = written.lower()
    if ":" in host:
        return _ipv6(host.removeprefix("[").removesuffix("]"))
    if not host.isascii():
        host = _ascii(host)
    host = host.removesuffix(".")
    labels = host.split(".")
    if len(host) > _LONGEST_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise Fault(MALFORMED)
    # 127.1, 0177.0.0.1 and 2130706433 are addresses to some programs and names to others
    if _NUMBER.fullmatch(labels[-1]) and _address(host) is None:
        raise Fault(MALFORMED)
    return host


def shown(url: str) -> str:
    """An address as it may be shown: one line without the name and password somebody may have put in it."""
    return clean_line(_CREDENTIALS.sub(r"\1", url.strip()), _LONGEST_SHOWN) or "nothing"


def same_host(one: str, other: str) -> bool:
    """Whether two addresses are of one site: the same host, but for ``www.`` and forms for small screens."""
    try:
        return _site(target(one).host) == _site(target(other).host)
    except Fault:
        return False


def _site(host: str) -> str:
    return re.sub(r"^(?:www|m|mobile|amp)\.(?=.+\.)", "", host)


def _address(host: str) -> Address | None:
    try:
        return IPv6Address(host) if ":" in host else IPv4Address(host)
    except AddressValueError:
        return None


def _ipv6(written: str) -> str:
    try:
        return str(IPv6Address(written))
    except AddressValueError:
        raise Fault(MALFORMED) from None


def _ascii(host: str) -> str:
    """An international name as it stands in the domain name system (UTS 46, RFC 5891)."""
    import idna

    if len(host) > _LONGEST_HOST:
        raise Fault(MALFORMED)
    try:
        return idna.encode(host, uts46=True, std3_rules=True).decode("ascii").lower()
    except UnicodeError:
        raise Fault(MALFORMED) from None


def _quoted(path: str) -> str:
    """A path and query with what may not stand in a request percent-encoded."""
    try:
        return quote(path.encode("utf-8", "surrogateescape"), safe=_UNQUOTED)
    except UnicodeEncodeError:
        raise Fault(MALFORMED) from None
