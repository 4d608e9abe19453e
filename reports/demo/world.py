"""Who and what the story is about, and the scene in which somebody acts on a day."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pghistory

from accounts.models import AuditEvent, Message
from accounts.roles import Role
from accounts.work import WorkState
from organizations.acting import acting_as
from organizations.models import Appointment, Organization
from reports.demo.days import Days, at
from reports.demo.history import Told

SEED = 20150303  # the day of the document the first preset follows
UNREAD_DAYS = 12


@dataclass
class World:
    """The city as it is built up: units by name (“柳溪镇”, “柳溪镇/石桥村”), posts by unit and role."""

    days: Days
    rng: random.Random = field(default_factory=lambda: random.Random(SEED))
    units: dict[str, Organization] = field(default_factory=dict)
    posts: dict[tuple[str, Role], Appointment] = field(default_factory=dict)
    scenes: list[Told] = field(default_factory=list)

    def unit(self, name: str) -> Organization:
        """A unit by its name in the story."""
        return self.units[name]

    def post(self, unit: str, role: Role) -> Appointment:
        """The first post of a role at a unit."""
        return self.posts[unit, role]

    def reviewer(self) -> Appointment:
        """The city's reviewer."""
        return self.post("云泽市", Role.CITY_REVIEWER)

    def county(self, name: str) -> Appointment:
        """A county's officer."""
        return self.post(name, Role.COUNTY_OFFICER)

    def township(self, name: str) -> Appointment:
        """A township's officer."""
        return self.post(name, Role.TOWNSHIP_OFFICER)

    @contextmanager
    def scene(self, post: Appointment, day: date, hour: int = 9) -> Iterator[dict]:
        """Somebody acts on a day; gives `by` and `at` for the actions inside.

        What they bring into inboxes carries the day of the story, and what is long past has been read.
        """
        last = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        moment = at(day, hour, self.rng.randrange(60))
        with acting_as(post), self.dated(moment):
            yield {"by": post, "at": moment}
        self._date(last, moment)

    @contextmanager
    def dated(self, moment: datetime) -> Iterator[None]:
        """What happens inside, happened then; history and the audit trail are dated when all is told."""
        with pghistory.context(at=moment.isoformat()):
            yield
        last = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.scenes.append(Told(self.scenes[-1].last if self.scenes else 0, last, moment))

    def _date(self, last: int, moment: datetime) -> None:
        new = Message.objects.filter(pk__gt=last)
        said = {"created_at": moment, "state": WorkState.DONE, "progress": 100, "finished_at": moment}
        if moment < at(self.days.ago(UNREAD_DAYS)):
            said["read_at"] = moment + timedelta(hours=5)
        new.update(**said)
