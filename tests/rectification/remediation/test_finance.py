"""财务审查与公开: a quarter's entry, and the duties it answers."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.errors import Invalid, Refused
from rectification.duties import completing
from rectification.duties.models import Duty
from rectification.remediation.reporting import finance_actions
from rectification.remediation.reporting.models import FinanceCheck
from rectification.remediation.reporting.periods import Period
from tests.cast import NOW, TODAY
from tests.stage import on_stage

QUARTER = Period(date(2026, 4, 1), date(2026, 6, 30))
CHECKED = {"checked_on": TODAY, "checkers": "镇农经站", "found": "未发现问题"}
PUBLISHED = {"published_on": TODAY, "published_where": "公开栏"}


@on_stage
def owed(case, scheme):
    """The quarter's check by the township and its publication by the village."""
    made = {}
    for key, unit, role in (
        ("finance_check", case.township, "township_officer"),
        ("finance_publication", case.organization, "village_reporter"),
    ):
        made[key] = Duty.objects.create(
            scheme=scheme,
            key=key,
            case=case,
            organization=unit,
            owner_role=role,
            title=key,
            due_on=QUARTER.last,
            effective_due_on=QUARTER.last,
            period_from_on=QUARTER.first,
            period_to_on=QUARTER.last,
        )
    return made


def enter(case, by, version=0, **values):
    return finance_actions.save(
        case_id=case.pk, period=QUARTER, version=version, values=values, by=by, at=NOW
    )


def states(owed):
    return [Duty.objects.get(pk=duty.pk).state for duty in owed.values()]


def test_what_is_entered_discharges_its_duty_and_what_is_taken_out_is_owed_again(
    case, owed, township_officer
):
    row = enter(case, township_officer, **CHECKED)
    assert states(owed) == ["done", "open"]
    row = enter(case, township_officer, version=row.version, **CHECKED, **PUBLISHED)
    assert states(owed) == ["done", "done"]
    enter(case, township_officer, version=row.version, **CHECKED)
    assert states(owed) == ["done", "open"]
    assert not completing.by_hand(owed["finance_check"])


def test_a_village_enters_its_publication_and_never_the_check(case, owed, village_reporter, as_post):
    browser, duty = as_post(village_reporter), owed["finance_publication"]
    address = reverse("remediation:finance", args=[case.uid]) + f"?from={duty.period_from_on}"
    assert "审查日期" not in browser.get(address).content.decode()
    form = {"published_on": "2026-5-18", "published_where": "村务公开栏", "checked_on": "2026-5-18"}
    browser.post(address, {**form, "_version": 0})
    row = FinanceCheck.objects.get()
    assert (row.published_on, row.checked_on) == (date(2026, 5, 18), None)
    assert states(owed) == ["open", "done"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (CHECKED | {"checked_on": date(2026, 5, 21)}, "checked_on"),
        (CHECKED | {"checked_on": date(2026, 3, 31)}, "checked_on"),
        (CHECKED | {"found": ""}, "found"),
        (PUBLISHED | {"published_where": " "}, "published_where"),
        ({"published_where": "公开栏"}, "published_on"),
    ],
)
def test_an_entry_that_cannot_be_is_refused_at_its_field(case, owed, township_officer, values, field):
    with pytest.raises(Invalid) as refused:
        enter(case, township_officer, **values)
    assert field in refused.value.errors


def test_another_township_enters_nothing(case, owed, county_officer):
    with pytest.raises(Refused, match="柳溪镇"):
        enter(case, county_officer, **CHECKED)


def test_a_quarter_of_a_year_before_the_case_is_refused(case, township_officer, as_post):
    page = reverse("remediation:finance", args=[case.uid])
    answer = as_post(township_officer).post(f"{page}?from=2025-11-01", CHECKED)
    assert answer.status_code == 422 and "以前年度" in answer.content.decode()
    assert not FinanceCheck.objects.exists()
