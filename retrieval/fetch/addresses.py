"""Tells public internet addresses from all others. Knows nothing of names, sockets or settings."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

# The special ranges of IANA's registries (RFC 6890 and what followed), listed here because `is_global` is
# true for multicast, relays and embedded addresses, and differs between versions of Python.
_CLOSED_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",  # shared by the customers of a provider
            "127.0.0.0/8",
            "168.63.129.16/32",  # a cloud's agent behind a public-looking address
            "169.254.0.0/16",  # link-local: cloud metadata
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
# Of IPv6 only global unicast is public, which leaves out every range that embeds an IPv4 address but 6to4
# and Teredo, and every local one.
_UNICAST_6 = IPv6Network("2000::/3")
_CLOSED_6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
            "2001:db8::/32",
            "2002::/16",  # 6to4
            "3ffe::/16",  # given back in 2006
            "3fff::/20",
        ),
    )
)
_HOME = tuple(
    map(IPv4Network, ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
) + tuple(map(IPv6Network, ("::1/128", "fc00::/7")))
_METADATA = frozenset(map(ip_address, ("100.100.100.200", "fd00:ec2::254", "fd20:ce::254")))


def is_public(address: Address) -> bool:
    """Whether an address belongs to a host on the public internet, by itself and by all it stands for."""
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in net for net in _CLOSED_4)
    if address.scope_id is not None or address not in _UNICAST_6:
        return False
    return address.is_global and not any(address in net for net in _CLOSED_6)


def is_home(address: Address) -> bool:
    """Whether an address is of this machine or a network around it, where an owner may allow a host."""
    return address not in _METADATA and any(address in net for net in _HOME)
