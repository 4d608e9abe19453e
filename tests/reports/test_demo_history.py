"""What the demo does to the days of history and audit, as the owner of the tables."""

from datetime import timedelta

import pghistory
import pytest

from accounts import audit
from accounts.history import as_of
from accounts.models import AuditEvent
from organizations.models import Organization
from organizations.rules import Level
from reports.demo import history
from tests import cast

LONG_AGO = cast.NOW - timedelta(days=300)


@pytest.mark.django_db(transaction=True)
def test_history_and_audit_take_the_day_of_the_scene_and_nothing_else_is_touched():
    now = audit.record("现在的事")
    with pghistory.context(at=LONG_AGO.isoformat(), name="甲"):
        unit = cast.place("云泽市", Level.CITY)
        told = audit.record("建立", obj=unit)
    with pghistory.context(name="乙"):
        later = cast.place("青禾县", Level.COUNTY, unit)
    assert history.date_it([history.Told(told.pk - 1, told.pk, LONG_AGO)])
    first = unit.history.earliest("pgh_id")
    assert (first.pgh_created_at, first.pgh_context) == (LONG_AGO, {"name": "甲"})
    trail = list(AuditEvent.objects.order_by("pk").values_list("action", "at"))
    assert trail == [("建立", LONG_AGO), ("现在的事", now.at)]
    with as_of(LONG_AGO + timedelta(hours=1)):
        assert list(Organization.objects.values_list("name", flat=True)) == ["云泽市"]
    assert Organization.objects.filter(pk=later.pk).exists()
