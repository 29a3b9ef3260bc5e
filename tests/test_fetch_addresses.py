"""Which addresses are public, and how web addresses are read: in one way, or not at all."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.fetch import Fault, host_of, same_host, shown
from retrieval.fetch.addresses import is_home, is_public
from retrieval.fetch.targets import redirected, target

V4 = st.integers(0, 2**32 - 1).map(IPv4Address)
V6 = st.integers(0, 2**128 - 1).map(IPv6Address)


PUBLIC = """
8.8.8.8 1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0
192.0.3.0 192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0
198.51.99.255 203.0.112.255 203.0.114.0 223.255.255.255 2606:4700:4700::1111 2a00:1450::1
2001:200::1 2001:db7::1 2003::1 2400:cb00::1
"""
SPECIAL = """
0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.1 127.255.255.255
168.63.129.16 169.254.169.254 169.254.170.2 172.16.0.0 172.31.255.255 192.0.0.1 192.0.0.9
192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.0 192.168.255.255 198.18.0.0 198.19.255.255 198.51.100.1
203.0.113.255 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 100.100.100.200 :: ::1 ::127.0.0.1
::8.8.8.8 ::ffff:8.8.8.8 ::ffff:10.0.0.1 ::ffff:0:8.8.8.8 64:ff9b::808:808 64:ff9b::7f00:1
64:ff9b:1::7f00:1 100::1 100:0:0:1::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1
2001:10::1 2001:20::1 2001:1ff:ffff::1 2001:db8::1 2002:7f00:1:: 2002:808:808::1 3ffe::1 3fff::1
5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1 4000::1 2606:4700::1%1
"""
EMBEDDING = """
::/96 ::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/96 2001::/96 fe80::5efe:0:0/96
"""
NEVER = """
169.254.169.254 100.100.100.200 fd00:ec2::254 0.0.0.0 224.0.0.1 fe80::1 8.8.8.8
"""
REFUSED = r"""
ftp://pub.test/ file:///etc/passwd javascript:alert(1) data:text/html,hi //pub.test/ pub.test
http:// http:///pub.test/ http:pub.test http:/pub.test feed:http://pub.test/ gopher://pub.test
http://pub..test/ http://.pub.test/ http://pub.test../ http://./ http://pub.test:0/
http://pub.test:65536/ http://pub.test:-1/ http://pub.test:8o/ http://pub.test:٨٠/
http://pub.test:80:80/ http://a@b@pub.test/ http://pub.test@@127.0.0.1/ http://127.1/
http://0177.0.0.1/ http://0x7f.1/ http://2130706433/ http://127.0.0.0x1/ http://1.2.3.4.5/
http://1.2.3/ http://256.1.1.1/ http://0x7f000001/ http://0/ http://08.8.8.8/
http://%31%32%37.0.0.1/ http://loc%61lhost/ http://[fe80::1%25eth0]/ http://[::1/ http://::1/
http://[::1]x/ http://[1.2.3.4]/ http://[v1.a]/ http://pub\.test/ http://pub.test\@x/
"""


@pytest.mark.parametrize(
    "address",
    PUBLIC.split(),
)
def test_addresses_just_outside_the_special_ranges_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    SPECIAL.split(),
)
def test_addresses_that_stand_for_anything_else_are_not(address: str) -> None:
    assert not is_public(ip_address(address))


@given(V4)
def test_no_address_that_python_holds_for_special_is_public(address: IPv4Address) -> None:
    special = not address.is_global or address.is_multicast or address.is_reserved or address.is_link_local
    assert not (is_public(address) and special)
    assert not (is_public(address) and is_home(address))


@given(V6)
def test_a_public_ipv6_address_is_global_unicast_that_embeds_no_other(address: IPv6Address) -> None:
    if is_public(address):
        assert address in IPv6Network("2000::/3")
        assert address.is_global
        assert not any((address.ipv4_mapped, address.sixtofour, address.teredo, address.is_multicast))


@given(
    V4,
    st.sampled_from(EMBEDDING.split()),
)
def test_no_address_that_embeds_another_is_public(address: IPv4Address, prefix: str) -> None:
    assert not is_public(IPv6Address(int(IPv6Network(prefix).network_address) + int(address)))
    assert not is_public(IPv6Address((0x2002 << 112) | (int(address) << 80)))


def test_an_owner_may_allow_what_is_at_home_and_never_a_clouds_metadata() -> None:
    for address in ["127.0.0.1", "10.1.2.3", "172.20.0.1", "192.168.1.20", "100.99.1.1", "::1", "fd12::1"]:
        assert is_home(ip_address(address))
    for address in NEVER.split():
        assert not is_home(ip_address(address))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("http://pub.test", "http://pub.test/"),
        (" HTTPS://Pub.Test.:443/A?b=c#d ", "https://pub.test/A?b=c"),
        ("http://pub.test:8080/feed", "http://pub.test:8080/feed"),
        ("http://pub.test:0443/", "http://pub.test:443/"),
        ("https://anna:secret@pub.test/a", "https://pub.test/a"),
        ("http://bücher.test/größe und mehr", "http://xn--bcher-kva.test/gr%C3%B6%C3%9Fe%20und%20mehr"),
        ("http://127。0。0。1/", "http://127.0.0.1/"),
        ("http://①②⑦.0.0.1/", "http://127.0.0.1/"),
        ("http://ℓocal\u00adhost/", "http://localhost/"),
        ("http://[2606:4700:4700:0:0:0:0:1111]:443/", "http://[2606:4700:4700::1111]:443/"),
        ("http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
        ("http://pub.test?q=a%20b&c=[1]", "http://pub.test/?q=a%20b&c=[1]"),
        ("http://127.0.0.1#@pub.test/", "http://127.0.0.1/"),
        ("http://pub.test/@anna/1?to=//x@y", "http://pub.test/@anna/1?to=//x@y"),
    ],
)
def test_an_address_is_read_in_the_one_form_that_is_dialled(written: str, read: str) -> None:
    assert str(target(written)) == read
    assert str(target(read)) == read


@pytest.mark.parametrize(
    "written",
    [
        *REFUSED.split(),
        "http:\\\\pub.test\\",
        "http://pub.test/a\tb",
        "http://pub.test/\r\nHost: x",
        "http://pub test/",
        "http://pub.test\x00/",
        "http://pub.test\u2028/",
        "http://pub\u3000.test/",
        "http://pub.test／a@b/",
        "\thttp://pub.test/",
        "http://pub.test/\x85",
        "http://pub.test/\ud800",
        f"http://{'a' * 64}.test/",
        f"http://{'a.' * 130}test/",
        f"http://{'ü' * 5000}.test/",
        f"http://pub.test/{'a' * 5000}",
        "",
    ],
)
def test_whatever_two_programs_could_read_in_two_ways_is_refused(written: str) -> None:
    with pytest.raises(Fault):
        target(written)


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://", "http://127.0.0.1", "http://a@"]))
def test_any_text_is_read_or_refused_and_reading_twice_changes_nothing(text: str, start: str) -> None:
    try:
        found = target(start + text)
    except Fault:
        return
    assert str(found).isascii()
    assert str(found).isprintable()
    assert target(str(found)) == found


@given(st.text(alphabet=":/?#[]@\\.%0123456789abcx\t ", max_size=40))
def test_any_redirect_is_followed_or_refused(location: str) -> None:
    try:
        found = redirected(target("https://pub.test/a/b?c"), location)
    except Fault:
        return
    assert found.scheme in ("http", "https")
    assert host_of(found.host) == found.host


def test_what_is_shown_of_an_address_holds_no_password() -> None:
    for written in (
        "https://anna:secret@pub.test/a",
        "http://anna:sec?ret#secret@pub.test/",
        "http:\\\\anna:secret@pub.test",
        "//anna:secret@pub.test/",
        "anna:secret@pub.test",
        "feed:https://anna:secret@pub.test/",
        "http://anna:secret@@pub.test/",
        "http://anna:secret\\@pub.test/",
        "ftp://anna:secret@pub.test/a",
    ):
        assert "secret" not in shown(written), written
        assert "pub.test" in shown(written), written
    assert shown("https://pub.test/@anna/1?a=b@c") == "https://pub.test/@anna/1?a=b@c"
    assert len(shown("https://pub.test/" + 10_000 * "a")) <= 200


def test_a_site_is_its_host_without_www_and_forms_for_small_screens() -> None:
    assert same_host("https://amp.pub.test/a", "http://www.pub.test/b")
    assert same_host("https://pub.test/a", "https://m.pub.test:8443/b")
    assert not same_host("https://pub.test/", "https://evil.test/")
    assert not same_host("https://anna.pub.test/", "https://pub.test/")
    assert not same_host("https://www.test/", "https://m.test/")
    assert not same_host("mailto:a@pub.test", "https://pub.test/")
