"""An amended rule of any rhythm re-makes future duties only, and says why; the calendar is followed alike."""

from datetime import date, datetime, timedelta

import pytest

from rectification.duties import actions, calendar_actions, completing, redating
from rectification.duties.models import Duty, DutyState
from rectification.schemes.calendar_rules import CalendarRow
from tests.cast import NOW, SHANGHAI, YEAR
from tests.conftest import make_case
from tests.rectification.schemes.test_amendments import as_rows

pytestmark = pytest.mark.django_db
MARCH = datetime(YEAR, 3, 2, 9, tzinfo=SHANGHAI)
MONTHLY = {"subject": "unit", "rhythm": "monthly"}


def on(month: int, day: int) -> date:
    return date(YEAR, month, day)


def amend(scheme, by, change, *, reason="市委通知", part="duty_rules"):
    rows = [changed for row in as_rows(scheme, part) if (changed := change(row)) is not None]
    return redating.amend_rules(
        scheme_id=scheme.pk, version=None, rows=rows, reason=reason, by=by, at=NOW, part=part
    )


def days(unit, state="open") -> list[date]:
    return [duty.due_on for duty in Duty.objects.filter(organization=unit, state=state).order_by("due_on")]


def test_another_day_of_the_month_moves_the_future_reports_only(with_rules, township, city_reviewer):
    scheme = with_rules(MONTHLY | {"due_on": on(8, 31)}, at=MARCH)
    amend(scheme, city_reviewer, lambda row: row | {"day": 25})
    assert days(township) == [on(3, 31), on(4, 30), on(5, 25), on(6, 25), on(7, 25), on(8, 25)]
    gone = Duty.objects.filter(organization=township, state="cancelled")
    assert {duty.ended_reason for duty in gone} == {"方案修订，时限规定调整：市委通知"}
    assert {duty.due_on.month for duty in gone} == {5, 6, 7, 8}


def test_a_monthly_report_becomes_half_monthly_from_now_on(
    with_rules, township, township_officer, city_reviewer
):
    scheme = with_rules(MONTHLY | {"due_on": on(6, 30)}, at=MARCH)
    done = Duty.objects.get(organization=township, due_on=on(5, 31))
    completing.complete(duty_id=done.pk, note="提前报", by=township_officer, at=NOW)
    amend(scheme, city_reviewer, lambda row: row | {"rhythm": "half_month"})
    done.refresh_from_db()
    assert done.state == DutyState.DONE
    assert days(township) == [on(3, 31), on(4, 30), on(6, 15), on(6, 30)]
    assert Duty.objects.open().get(organization=township, due_on=on(6, 30)).title == "6月下半月进展报告"


def test_an_extension_is_kept_where_its_day_stands(with_rules, township, county_officer, city_reviewer):
    scheme = with_rules(MONTHLY | {"due_on": on(7, 31)})
    duty = Duty.objects.get(organization=township, due_on=on(6, 30))
    until = duty.due_on + timedelta(days=9)
    actions.extend(duty_id=duty.pk, until_on=until, reason="汛期", by=county_officer, at=NOW)
    amend(scheme, city_reviewer, lambda row: row | {"title": "月度进展报告", "due_on": on(6, 30)})
    duty.refresh_from_db()
    assert (duty.state, duty.effective_due_on, duty.title) == ("open", until, "6月月度进展报告")
    assert days(township) == [on(5, 31), on(6, 30)]


def test_a_rule_taken_out_cancels_what_is_to_come_with_the_reason(with_rules, township, city_reviewer):
    scheme = with_rules(MONTHLY, {"subject": "unit", "rhythm": "quarterly", "title": "季评估"}, at=MARCH)
    amend(scheme, city_reviewer, lambda row: None if row["title"] == "进展报告" else row, reason="减负")
    left = Duty.objects.filter(organization=township, title__contains="进展报告")
    assert {duty.due_on for duty in left.open()} == {on(3, 31), on(4, 30)}
    assert set(left.filter(state="cancelled").values_list("ended_reason", flat=True)) == {
        "方案修订，不再要求：减负"
    }
    assert actions.open_unit_duties(scheme=scheme, at=NOW) == 0


def test_what_was_lifted_stays_lifted_when_its_rule_is_amended(
    with_rules, township, county_officer, city_reviewer
):
    scheme = with_rules(MONTHLY | {"due_on": on(7, 31)})
    duty = Duty.objects.get(organization=township, due_on=on(6, 30))
    completing.waive(duty_id=duty.pk, reason="抗洪", by=county_officer, at=NOW)
    amend(scheme, city_reviewer, lambda row: row | {"day": 20})
    assert days(township) == [on(7, 20)] or days(township) == [on(5, 20), on(7, 20)]
    assert on(6, 20) not in days(township)


def test_amending_twice_and_back_ends_where_it_began(with_rules, township, city_reviewer):
    scheme = with_rules(MONTHLY | {"due_on": on(8, 31)})
    before = days(township)
    amend(scheme, city_reviewer, lambda row: row | {"day": 25})
    amend(scheme, city_reviewer, lambda row: row | {"day": 0})
    assert days(township) == before


def test_another_debtor_takes_over_the_future_duties(
    with_rules, county, village, county_officer, city_reviewer
):
    scheme = with_rules({"subject": "case", "rhythm": "monthly"})
    case = make_case(scheme, village, county, county_officer)
    amend(scheme, city_reviewer, lambda row: row | {"debtor": "team"})
    assert set(case.duties.open().values_list("owner_role", "debtor")) == {("helper", "team")}
    assert case.duties.open().count() == 8


def test_another_level_cancels_the_one_and_makes_the_other(with_rules, county, township, city_reviewer):
    scheme = with_rules(MONTHLY | {"due_on": on(6, 30)})
    to_county = {"owner_level": "county", "owner_role": "county_officer"}
    amend(scheme, city_reviewer, lambda row: row | to_county)
    assert days(township) == []
    assert days(county) == [on(5, 31), on(6, 30)]


def test_a_phase_moved_moves_what_is_limited_to_it(with_rules, township, city_reviewer):
    scheme = with_rules({"subject": "unit", "rhythm": "once", "stage": "remediation"})
    end = scheme.phases.filter(stage="remediation").last().ends_on
    assert days(township) == [end]
    shorter = end - timedelta(days=10)
    amend(
        scheme,
        city_reviewer,
        lambda row: row | ({"ends_on": shorter} if row["ends_on"] == end else {}),
        part="phases",
    )
    assert days(township) == [shorter]


def test_a_holiday_order_entered_later_moves_what_is_counted_in_working_days(
    with_rules, township, city_reviewer
):
    with_rules(MONTHLY | {"day": 8, "shift": "later", "starts_on": on(10, 1), "due_on": on(10, 31)})
    assert days(township) == [on(10, 8)]
    rows = [CalendarRow(on(10, day), False, "国庆节") for day in (1, 2, 5, 6, 7, 8)]
    done = calendar_actions.enter(year=YEAR, rows=rows, by=city_reviewer, at=NOW)
    assert (done.written, done.duties) == (6, 2)
    assert days(township) == [on(10, 9)]
    gone = Duty.objects.get(organization=township, state="cancelled")
    assert gone.ended_reason == f"放假调休安排调整，截止日期改为{YEAR}年10月9日"
    calendar_actions.remove(on=on(10, 8), by=city_reviewer, at=NOW)
    assert days(township) == [on(10, 8)]


def test_a_mid_year_case_keeps_its_own_day_when_only_the_words_change(
    with_rules, county, village, county_officer, city_reviewer
):
    scheme = with_rules({"subject": "case", "rhythm": "once", "due_on": on(4, 30), "title": "方案"})
    case = make_case(scheme, village, county, county_officer)
    before = case.duties.get()
    amend(scheme, city_reviewer, lambda row: row | {"title": "整顿方案"})
    after = case.duties.get()
    assert (after.pk, after.due_on, after.title) == (before.pk, before.due_on, "石桥村：整顿方案")
