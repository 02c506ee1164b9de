"""How often somebody may guess at tracking (tra cứu không đăng nhập): by code, by address, and all together.

A right answer costs an address nothing: a whole commune's office looks up from behind one. Wrong ones are counted by
the code that was asked for, by where they come from, and over the whole portal. Beyond the last bound who guessed wrong
repeatedly, or has neighbours who do, waits between two wrong ones; an address without a wrong one is never turned away
for what strangers guess. The bounds are ours, no act names them. A cache that is away lets people through.
"""

import hashlib
import ipaddress

import structlog
from django.core.cache import cache
from django.http import HttpRequest

from portal.core.callers import client_ip
from portal.core.errors import TooManyRequestsError

log = structlog.get_logger(__name__)

TRIES, WINDOW_SECONDS = 10, 600
"""For one code, right or wrong, from wherever."""
WRONG_A_DAY, DAY_SECONDS = 30, 86400
"""For one code: of ten thousand numbers, thirty are no way to guess it."""
WRONG_OF_ADDRESS = 40
"""In ten minutes from one address."""
WRONG_OF_ADDRESS_A_DAY = 300
"""In a day: many mistype behind one office's address, and 300 of ten thousand find one number in 33 days."""
WRONG_IN_ALL_A_DAY = 20_000
"""Over the whole portal, before who guesses repeatedly is slowed."""
REPEATED = 5
"""Wrong ones of an address in a day: it guesses. Then it is left one in ten minutes while the portal is guessed at."""
REPEATED_OF_NETWORK, LEFT_TO_NETWORK = 40, 5
"""Wrong ones of a network in a day, and what is then left in ten minutes to all its addresses that have a wrong one."""
V6_PREFIX = 64
"""One household or office has all addresses of such a network (RFC 6177)."""
V4_NETWORK, V6_NETWORK = 24, 48
"""What one subscriber of a host or carrier easily has: a site of the sixth version is given 48 bits (RFC 6177)."""


def refuse_after_too_many(request: HttpRequest, code: str) -> None:
    """Count a try for a code; raise TooManyRequestsError where it, or this address, guessed too often."""
    if _count_of(_wrong_of(code)) >= WRONG_A_DAY:
        raise TooManyRequestsError(retry_after_seconds=DAY_SECONDS)
    place = place_of(client_ip(request))
    wrong_today, wrong_now = _count_of(_day_of(place)), _count_of(_window_of(place))
    if wrong_today >= WRONG_OF_ADDRESS_A_DAY:
        raise TooManyRequestsError(retry_after_seconds=DAY_SECONDS)
    if wrong_now >= WRONG_OF_ADDRESS or (wrong_today and _must_wait_in_alarm(place, wrong_today, wrong_now)):
        raise TooManyRequestsError(retry_after_seconds=WINDOW_SECONDS)
    if _count(_key("code", code), WINDOW_SECONDS) > TRIES:
        raise TooManyRequestsError(retry_after_seconds=WINDOW_SECONDS)


def _must_wait_in_alarm(place: str, wrong_today: int, wrong_now: int) -> bool:
    """Whether an address that has wrong ones waits because the whole portal is guessed at."""
    if _count_of(IN_ALL) < WRONG_IN_ALL_A_DAY:
        return False
    if cache.add(ALARM_TOLD, 1, DAY_SECONDS):  # once, not with each request of the day
        log.warning("track.guessed_in_all", most=WRONG_IN_ALL_A_DAY)
    if wrong_today >= REPEATED and wrong_now:
        return True
    network = network_of(place)
    return _count_of(_day_of(network)) >= REPEATED_OF_NETWORK and _count_of(_window_of(network)) >= LEFT_TO_NETWORK


def note_wrong(request: HttpRequest, code: str) -> None:
    """Count a code and a number that do not fit."""
    place = place_of(client_ip(request))
    _count(_wrong_of(code), DAY_SECONDS)
    for counted in (place, network_of(place)):
        _count(_window_of(counted), WINDOW_SECONDS)
        _count(_day_of(counted), DAY_SECONDS)
    _count(IN_ALL, DAY_SECONDS)


def place_of(address: str) -> str:
    """What is counted as one address: of the sixth version a whole network, as one line has it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, V6_PREFIX), strict=False))


def network_of(place: str) -> str:
    """The network that a place lies in, as its neighbours are counted; what is no address is its own."""
    try:
        found = ipaddress.ip_network(place)
    except ValueError:
        return f"network of {place}"
    return str(found.supernet(new_prefix=V4_NETWORK if found.version == 4 else V6_NETWORK))


def _key(kind: str, what: str) -> str:
    return f"track:{kind}:{hashlib.sha256(what.encode()).hexdigest()}"


def _wrong_of(code: str) -> str:
    return _key("wrong", code)


def _window_of(place: str) -> str:
    return _key("address", place)


def _day_of(place: str) -> str:
    return _key("address-day", place)


IN_ALL, ALARM_TOLD = "track:wrong-in-all", "track:wrong-in-all:told"


def _count_of(key: str) -> int:
    return int(cache.get(key) or 0)


def _count(key: str, seconds: int) -> int:
    try:
        cache.add(key, 0, seconds)
        return int(cache.incr(key))
    except ValueError:  # the key fell out between the two calls, or the cache is away
        log.warning("track.uncounted")
        return 0
