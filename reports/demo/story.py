"""The story in order. Either all of it is written, or nothing."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from rectification.duties import reminders
from rectification.supervision.notices import escalation
from reports.demo import (
    facts,
    inspections,
    last_year,
    lookbacks,
    other_units,
    people,
    places,
    progress,
    records,
    schemes,
    support,
    this_year,
    year_end,
)
from reports.demo.days import Days, at
from reports.demo.world import World


@transaction.atomic
def tell(*, today: date) -> World:
    """Build the city and let last year and this year happen in it, up to today."""
    world = World(Days(today))
    with world.dated(at(world.days.on(1, 8, 1))):
        places.build(world)
        people.first_keeper(world)
    places.by_hand(world)
    people.appoint_all(world)
    facts.write_down(world)
    last_year.tell(world)
    records.write_down(world)
    scheme = schemes.of_this_year(world)
    lookbacks.tell(world, scheme)
    this_year.survey(world, scheme)
    this_year.ledgers_of_spring(world)
    this_year.plan_and_work(world)
    other_units.tell(world, scheme)
    support.tell(world)
    progress.campaign(world)
    this_year.fates(world)
    this_year.work_of_helpers(world)
    this_year.ledgers_of_autumn(world)
    inspections.tell(world)
    progress.reports(world)
    year_end.tell(world)
    reminders.remind(today=today, at=timezone.now())
    escalation.escalate(today=today, at=timezone.now())
    return world
