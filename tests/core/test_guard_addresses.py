"""Which peers `AllowAddresses` lets in, and what counts as the peer behind proxies."""

from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from pushmw.guards import AllowAddresses, Attempt


def lets_in(guard: AllowAddresses, peer: Any, forwarded: str | None = None) -> bool:
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    return guard(Attempt(headers=headers, path="/", peer=peer, now=0.0)) is None


@pytest.mark.parametrize(
    ("networks", "peer", "expected"),
    [
        pytest.param("192.0.2.7", "192.0.2.7", True, id="an address"),
        pytest.param("192.0.2.7", "192.0.2.8", False, id="the next address"),
        pytest.param(["192.0.2.0/24"], "192.0.2.255", True, id="the last of a network"),
        pytest.param(["192.0.2.0/24"], "192.0.3.0", False, id="the one after it"),
        pytest.param(["192.0.2.0/255.255.255.0"], "192.0.2.1", True, id="a netmask"),
        pytest.param(["10.0.0.0/8", "192.0.2.0/24"], "192.0.2.1", True, id="one of several"),
        pytest.param(["0.0.0.0/0"], "203.0.113.1", True, id="all of IPv4"),
        pytest.param(["0.0.0.0/0"], "2001:db8::1", False, id="IPv6 is not in it"),
        pytest.param(["2001:db8::/32"], "2001:db8:7::1", True, id="IPv6"),
        pytest.param(["2001:db8::/32"], "2001:DB8:0:0:0:0:0:1", True, id="IPv6 in other words"),
        pytest.param(["2001:db8::/32"], "2001:db9::1", False, id="another IPv6 network"),
        pytest.param(["192.0.2.0/24"], "::ffff:192.0.2.7", True, id="mapped peer"),
        pytest.param(["192.0.2.0/24"], "::ffff:c000:207", True, id="mapped peer in hex"),
        pytest.param(["192.0.2.0/24"], "::192.0.2.7", False, id="not a mapped one"),
        pytest.param(["192.0.2.0/24"], "64:ff9b::192.0.2.7", False, id="a translated one"),
        pytest.param(["::ffff:192.0.2.0/120"], "192.0.2.7", True, id="mapped network"),
        pytest.param(["::ffff:192.0.2.0/120"], "::ffff:192.0.2.7", True, id="both mapped"),
        pytest.param(["::ffff:0:0/96"], "203.0.113.1", True, id="all that are mapped"),
        pytest.param(["::/0"], "2001:db8::1", True, id="all of IPv6"),
        pytest.param(["::/0"], "::ffff:192.0.2.7", False, id="a mapped one is IPv4"),
        pytest.param(["fe80::/10"], "fe80::1%eth0", True, id="a zone"),
        pytest.param(["192.0.2.0/24"], "::ffff:192.0.2.7%eth0", True, id="mapped, with a zone"),
        pytest.param(["192.0.2.0/24"], "192.0.2.7%eth0", False, id="IPv4 has no zones"),
        pytest.param(["fe80::/10"], "fe80::1%", False, id="an empty zone"),
        pytest.param([ip_network("192.0.2.0/24")], "192.0.2.7", True, id="a network object"),
        pytest.param(ip_network("10.0.0.0/8"), "10.9.8.7", True, id="a network object alone"),
        pytest.param({ip_address("192.0.2.7")}, "192.0.2.7", True, id="an address object"),
        pytest.param((each for each in ["::1"]), "::1", True, id="any iterable"),
        pytest.param("unix", "", True, id="unix"),
        pytest.param(["unix"], "localhost", False, id="a name"),
        pytest.param(["unix"], "unix", False, id="the word"),
        pytest.param(["unix"], None, False, id="nobody has said"),
        pytest.param(["unix"], "127.0.0.1", False, id="this machine is not unix"),
        pytest.param(["127.0.0.1", "unix"], "127.0.0.1", True, id="both"),
        pytest.param(["127.0.0.1"], "", False, id="unix is not this machine"),
    ],
)
def test_a_peer_is_let_in_if_its_address_is_allowed(
    networks: Any, peer: str | None, *, expected: bool
) -> None:
    assert lets_in(AllowAddresses(networks), peer) is expected


IN, OUT = "192.0.2.7", "198.51.100.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        pytest.param(0, IN, False, id="0 proxies: not looked at"),
        pytest.param(1, IN, True, id="1 proxy: its only address"),
        pytest.param(1, f"{OUT}, {IN}", True, id="1 proxy: the last address"),
        pytest.param(1, f"{IN}, {OUT}", False, id="1 proxy: what the client claims"),
        pytest.param(1, f"nonsense,{IN}", True, id="1 proxy: whatever the client claims"),
        pytest.param(1, f"{OUT}\t,\t{IN} ", True, id="1 proxy: blanks round it"),
        pytest.param(1, f"{OUT},::ffff:{IN}", True, id="1 proxy: mapped"),
        pytest.param(2, f"{IN}, {OUT}", True, id="2 proxies: the last but one"),
        pytest.param(2, f"{IN}, {OUT}, {OUT}", False, id="2 proxies: what the client claims"),
        pytest.param(2, f"{OUT}, {OUT}, {IN}", False, id="2 proxies: the second proxy"),
        pytest.param(2, f"{IN}, nonsense", True, id="2 proxies: what the outer one calls itself"),
        pytest.param(2, IN, False, id="2 proxies: one is missing"),
        pytest.param(2, f"{IN}\N{NO-BREAK SPACE}, {OUT}", False, id="2 proxies: another blank"),
        pytest.param(3, f"{OUT}, {IN}, {OUT}, {OUT}", True, id="3 proxies: the third from the end"),
        pytest.param(3, f"{IN}, {OUT}", False, id="3 proxies: two are missing"),
        pytest.param(1, "", False, id="1 proxy: empty"),
        pytest.param(2, ",", False, id="2 proxies: empty"),
        pytest.param(1, None, False, id="1 proxy: none"),
    ],
)
def test_behind_proxies_the_address_counts_that_the_outermost_has_seen(
    proxies: int, forwarded: str | None, *, expected: bool
) -> None:
    guard = AllowAddresses([IN], trusted_proxies=proxies)
    for peer in (OUT, "", None):
        assert lets_in(guard, peer, forwarded) is expected


def test_a_proxy_that_is_allowed_itself_opens_no_way_round() -> None:
    guard = AllowAddresses([IN, "127.0.0.1", "unix"], trusted_proxies=1)
    for peer in ("127.0.0.1", ""):
        assert not lets_in(guard, peer)
        assert not lets_in(guard, peer, OUT)
        assert lets_in(guard, peer, IN)


@pytest.mark.parametrize(
    ("networks", "error", "text"),
    [
        ([], ValueError, "without a network nobody could push"),
        ("", ValueError, "does not appear to be an IPv4 or IPv6 network"),
        ("pushes.example", ValueError, "'pushes.example' does not appear to be"),
        (["192.0.2.7/24"], ValueError, "192.0.2.7/24 has host bits set"),
        (["192.0.2.0/33"], ValueError, "does not appear to be"),
        (["192.0.2.0/24 "], ValueError, "does not appear to be"),
        (["UNIX"], ValueError, "does not appear to be"),
        ([7], TypeError, "a network must be text, not int"),
        ([b"\x7f\0\0\1"], TypeError, "a network must be text, not bytes"),
        ([None], TypeError, "a network must be text, not NoneType"),
        (7, TypeError, "not iterable"),
    ],
)
def test_a_network_that_is_none_is_refused(
    networks: Any, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        AllowAddresses(networks)


@pytest.mark.parametrize("proxies", [-1, True, 1.5, "1", None])
def test_a_number_of_proxies_has_to_be_one(proxies: Any) -> None:
    with pytest.raises(ValueError, match="trusted_proxies must be a whole number from 0"):
        AllowAddresses(["::1"], trusted_proxies=proxies)
