"""A workload about nothing: shows that the frame itself measures. Goes when the first real ones are in."""

from bench.measure import Workload


def _sum(count: int) -> int:
    return sum(number * number for number in range(count))


def floor() -> int:
    return _sum(2_000_000)


def ours() -> int:
    return _sum(3_000_000)


def peer() -> int:
    return _sum(12_000_000)


WORKLOADS = [
    Workload("selfcheck", floor, ours, goal=2, peer=peer, peer_goal=0.5, fresh_process=True, django=False),
]
