"""The calls of a request run in one piece of memory."""

import resource
from collections.abc import Callable

from accounts.call_room import call_room

CALLS = 200


def faults(depth: int) -> int:
    """Page faults of some calls made this deep."""
    if depth:
        return faults(depth - 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(CALLS):
        _leaf()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def _leaf() -> None:
    pass


def most(run: Callable[[int], int]) -> int:
    """At the unluckiest depth."""
    return max(run(depth) for depth in range(200))


def test_no_loop_takes_memory_at_every_turn() -> None:
    assert most(call_room(faults)) < CALLS / 4


def test_without_room_some_loop_does() -> None:
    """Once this fails Python keeps the piece by itself, and the room can go."""
    assert most(faults) >= CALLS
