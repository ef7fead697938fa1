"""The guard for where a request comes from."""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any, Final, cast

from pushmw.guards.attempt import LONGEST, Attempt, Refusal, header
from pushmw.guards.checks import count

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_LONGEST_ADDRESS: Final = 64  # characters; IPv6 with a zone has less


class AllowAddresses:
    """Admits requests by the address they come from.

    Args:
        networks: addresses and networks of IPv4 and IPv6, as text or as objects of `ipaddress`. An
            IPv4 address mapped into IPv6 is that IPv4 address. ``"unix"`` stands for the other end
            of a unix socket.
        trusted_proxies: how many proxies, one behind the other, each add to ``X-Forwarded-For``
            where their request came from. With 0 the other end of the socket counts and that header
            is not looked at; with 1 its last address; with 2 the last but one.

    Raises:
        TypeError, ValueError: a network is none, or there is no network.
    """

    __module__ = "pushmw.guards"  # as messages name it

    def __init__(
        self,
        networks: str | Network | Address | Iterable[str | Network | Address],
        trusted_proxies: int = 0,
    ) -> None:
        # A network is iterable too, and gives millions of addresses.
        single = isinstance(networks, str | Network | Address)
        given: list[Any] = [networks] if single else list(cast("Any", networks))
        if not given:
            raise ValueError("AllowAddresses: without a network nobody could push")
        self._unix = "unix" in given
        self._networks = [_network(each) for each in given if each != "unix"]
        self._proxies = count("AllowAddresses: trusted_proxies", trusted_proxies, least=0)

    def __call__(self, attempt: Attempt) -> Refusal | None:
        """Check one."""
        if self._proxies:
            hops = header(attempt, "x-forwarded-for", LONGEST).rsplit(",", self._proxies)
            if len(hops) < self._proxies:
                return Refusal("fewer addresses in X-Forwarded-For than there are proxies")
            address = _address(hops[-self._proxies].strip(" \t"))
        elif attempt.peer == "":
            return None if self._unix else _FOREIGN
        else:
            address = _address(attempt.peer)
        if address is None:
            return Refusal("want of an address")
        allowed = any(address in network for network in self._networks)
        return None if allowed else _FOREIGN


_FOREIGN: Final = Refusal("an address that is not allowed")


def _network(value: Any) -> Network:
    if not isinstance(value, str | Network | Address):
        raise TypeError(f"AllowAddresses: a network must be text, not {type(value).__name__}")
    try:
        network = ip_network(str(value))
    except ValueError as error:
        raise ValueError(f"AllowAddresses: {error}") from None
    mapped = _mapped(network.network_address)
    inside = network.prefixlen - 96
    return IPv4Network((mapped, inside)) if mapped is not None and inside >= 0 else network


def _address(text: Any) -> Address | None:
    if not isinstance(text, str) or len(text) > _LONGEST_ADDRESS:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return _mapped(address) or address


def _mapped(address: Address) -> IPv4Address | None:
    """Give the IPv4 address that is mapped into one of IPv6."""
    return address.ipv4_mapped if isinstance(address, IPv6Address) else None
