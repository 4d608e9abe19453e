"""免办: the unit above lifts what a unit without a case cannot fulfil, with a reason."""

import pytest
from django.urls import reverse

from accounts.errors import Refused
from rectification.duties import completing
from rectification.duties.models import Duty
from tests.cast import NOW
from tests.stage import on_stage


@on_stage
def owed(county, scheme):
    return Duty.objects.get(organization=county, key="ledger_county")


def test_the_city_lifts_a_countys_ledger_with_a_reason(owed, city_reviewer, as_post):
    address = reverse("duties:waive", args=[owed.uid])
    as_post(city_reviewer).post(address, {"reason": "本年度没有整顿对象"})
    owed.refresh_from_db()
    assert (owed.state, owed.ended_reason) == ("cancelled", "本年度没有整顿对象")


def test_nothing_is_lifted_without_a_reason(owed, city_reviewer, as_post):
    as_post(city_reviewer).post(reverse("duties:waive", args=[owed.uid]), {"reason": " "})
    owed.refresh_from_db()
    assert owed.state == "open"


def test_a_unit_does_not_lift_its_own_duty(owed, county_officer):
    with pytest.raises(Refused):
        completing.waive(duty_id=owed.pk, reason="不想报", by=county_officer, at=NOW)


def test_what_a_case_owes_is_not_lifted_by_itself(case, county_officer):
    with pytest.raises(Refused, match="取消该措施"):
        completing.waive(duty_id=case.duties.get(key="plan").pk, reason="不用", by=county_officer, at=NOW)


def test_another_county_finds_nothing_to_lift(owed, other_county_officer, as_post):
    assert as_post(other_county_officer).get(reverse("duties:waive", args=[owed.uid])).status_code == 404
