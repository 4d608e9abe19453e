"""What later rooms end with a case that leaves the rectification: they register it, this room knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from organizations.models import Appointment
from rectification.cases.models import Case


@dataclass(frozen=True)
class Ending:
    """One room's part. lock: takes what that room locks before the case, by the case's id. end: ends what is open."""

    lock: Callable[[int], None]
    end: Callable[[Case, Appointment, datetime, str], None]


_ENDINGS: list[Ending] = []


def register(ending: Ending) -> None:
    """Called once by a later room when the site starts."""
    if ending not in _ENDINGS:
        _ENDINGS.append(ending)


def lock_before(case_id: int) -> None:
    """Before the case is locked to be ended: nobody waits in a circle for whoever works on a part of it."""
    for ending in _ENDINGS:
        ending.lock(case_id)


def end_all(case: Case, by: Appointment, at: datetime, reason: str) -> None:
    """The case was ended for this reason: so is what stood open at it."""
    for ending in _ENDINGS:
        ending.end(case, by, at, reason)
