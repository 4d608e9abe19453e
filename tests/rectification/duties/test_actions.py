"""Duties are made from the scheme, moved by amendment, extended by the unit above, recorded as done."""

from datetime import date, timedelta

import pytest

from accounts.errors import Refused
from organizations.rules import Level
from rectification.duties import actions, completing, redating
from rectification.duties.models import Duty, DutyState
from rectification.schemes import actions as schemes
from tests import cast
from tests.cast import NOW, TODAY, YEAR, start_with_reasons
from tests.rectification.schemes.test_amendments import as_rows

pytestmark = pytest.mark.django_db


# The plan was due on 30 April, 29 days into its phase: a case of 20 May has 29 days of its own
FRESH = TODAY + timedelta(days=29)


def of(unit, key: str) -> Duty:
    return Duty.objects.exclude(state=DutyState.CANCELLED).get(organization=unit, key=key)


def test_every_county_owes_what_the_scheme_asks_of_each(city, city_reviewer):
    counties = [
        cast.place(f"第{number}县", Level.COUNTY, city, code=f"9902{number:02}") for number in range(1, 11)
    ]
    made = schemes.create_from_preset(
        preset_key="a_yueyang_2015", issuer=city, year=YEAR, by=city_reviewer, at=NOW
    )
    actions.start_year(scheme_id=made.pk, by=city_reviewer, at=NOW)
    for key, day in (("ledger_county", date(YEAR, 3, 26)), ("lookback_report", date(YEAR, 3, 15))):
        owed = Duty.objects.filter(key=key)
        assert set(owed.values_list("organization", flat=True)) == {unit.pk for unit in counties}
        assert set(owed.values_list("due_on", "effective_due_on")) == {(day, day)}


def test_opening_again_makes_nothing_new(county, scheme):
    before = Duty.objects.count()
    assert actions.open_unit_duties(scheme=scheme) == 0
    assert Duty.objects.count() == before


def test_a_case_brings_its_own_duties_and_its_townships_ledger(case, township, county):
    assert of(township, "plan").due_on == FRESH
    assert of(county, "acceptance").due_on == date(YEAR, 12, 31)
    assert of(township, "ledger_township").case is None
    case.refresh_from_db()
    assert case.next_due_on == of(township, "plan").due_on
    assert actions.open_case_duties(case=case) == 0


def test_what_was_cancelled_is_not_made_again(county, scheme, city_reviewer):
    actions.cancel(duty=of(county, "ledger_county"), by=city_reviewer, at=NOW, reason="无整顿对象")
    actions.open_unit_duties(scheme=scheme)
    assert not Duty.objects.open().filter(organization=county, key="ledger_county").exists()


def test_a_countys_scheme_takes_its_townships_over_and_leaves_its_own_duty_to_the_city(
    county, scheme, case, township, county_officer
):
    own = schemes.copy(source=scheme, issuer=county, year=YEAR, by=county_officer, at=NOW)
    own.duty_rules.filter(key="ledger_township").update(subject="unit", due_on=date(YEAR, 6, 20))
    start_with_reasons(own, county_officer)
    assert of(township, "ledger_township").due_on == date(YEAR, 6, 20)
    old = Duty.objects.get(organization=township, key="ledger_township", scheme=scheme)
    assert (old.state, old.ended_reason) == (DutyState.CANCELLED, f"改按《{own.title}》执行")
    assert of(county, "ledger_county").scheme == scheme


# --- amended dates ---------------------------------------------------------------------------------------------


def move(scheme, by, key: str, day: date):
    rule = scheme.duty_rules.get(key=key)
    rows = [
        row | ({"due_on": day} if row["uid"] == rule.uid else {}) for row in as_rows(scheme, "duty_rules")
    ]
    return redating.amend_rules(
        scheme_id=scheme.pk, version=None, rows=rows, reason="市委会议推迟", by=by, at=NOW
    )


def test_an_amended_date_re_dates_what_is_open_and_not_yet_due(scheme, case, county, city_reviewer):
    new = date(YEAR, 12, 15)
    (made,) = move(scheme, city_reviewer, "acceptance", new)
    assert (made.before, made.after) == (f"截止日期：{YEAR}年12月31日", f"截止日期：{YEAR}年12月15日")
    assert of(county, "acceptance").due_on == new
    old = Duty.objects.get(case=case, key="acceptance", state=DutyState.CANCELLED)
    assert old.due_on == date(YEAR, 12, 31)
    assert old.ended_reason == f"方案修订，截止日期改为{YEAR}年12月15日：市委会议推迟"
    case.refresh_from_db()
    assert case.next_due_on == FRESH


def test_what_is_overdue_already_keeps_its_date(scheme, case, township, city_reviewer):
    late = TODAY - timedelta(days=20)
    case.duties.filter(key="plan").update(due_on=late, effective_due_on=late)
    move(scheme, city_reviewer, "plan", date(YEAR, 7, 1))
    assert of(township, "plan").due_on == late


def test_what_was_extended_further_keeps_its_extension(scheme, case, county, city_reviewer):
    duty = of(county, "acceptance")
    until = duty.due_on + timedelta(days=20)
    actions.extend(duty_id=duty.pk, until_on=until, reason="年末集中验收", by=city_reviewer, at=NOW)
    move(scheme, city_reviewer, "acceptance", date(YEAR, 12, 15))
    assert of(county, "acceptance").effective_due_on == until


def test_a_rule_added_by_amendment_makes_its_duties(county, other_county, scheme, case, city_reviewer):
    added = {
        "title": "报送年度总结",
        "subject": "unit",
        "owner_level": "county",
        "owner_role": "county_officer",
        "rhythm": "once",
        "times": 1,
        "due_on": date(YEAR, 12, 20),
        "ledger": "",
    }
    rows = [*as_rows(scheme, "duty_rules"), added]
    redating.amend_rules(
        scheme_id=scheme.pk, version=None, rows=rows, reason="年终", by=city_reviewer, at=NOW
    )
    owed = Duty.objects.filter(title="报送年度总结")
    assert {duty.organization for duty in owed} == {county, other_county}
    assert all(completing.by_hand(duty) for duty in owed)


# --- extensions ------------------------------------------------------------------------------------------------


def extend(duty, by, until=None, reason="汛期抢险，工作队已投入"):
    until = until or duty.effective_due_on + timedelta(days=30)
    return actions.extend(duty_id=duty.pk, until_on=until, reason=reason, by=by, at=NOW)


def test_the_county_extends_a_townships_duty_and_the_first_date_stays(case, township, county_officer):
    duty = extend(of(township, "plan"), county_officer)
    assert (duty.due_on, duty.effective_due_on) == (FRESH, FRESH + timedelta(days=30))
    row = duty.extensions.get()
    assert (row.before_on, row.until_on, row.by) == (duty.due_on, duty.effective_due_on, county_officer)
    case.refresh_from_db()
    assert case.next_due_on == FRESH + timedelta(days=30)


def test_a_township_does_not_extend_its_own(case, township, township_officer):
    with pytest.raises(Refused, match="本单位不能给自己延期"):
        extend(of(township, "plan"), township_officer)


def test_a_township_does_not_extend_a_villages_case_duty(case, village, township_officer):
    duty = actions.open_duty(
        case=case, key="measure", title="修缮", unit=village, role="village_reporter", due_on=TODAY
    )
    with pytest.raises(Refused, match="由县"):
        extend(duty, township_officer)


def test_a_county_does_not_extend_its_own_but_the_city_does(county, scheme, county_officer, city_reviewer):
    duty = of(county, "ledger_county")
    with pytest.raises(Refused, match="本单位不能给自己延期"):
        extend(duty, county_officer)
    assert extend(duty, city_reviewer).effective_due_on == date(YEAR, 4, 25)


def test_another_county_does_not_even_find_it(case, township, other_county_officer):
    with pytest.raises(Duty.DoesNotExist):
        extend(of(township, "plan"), other_county_officer)


@pytest.mark.parametrize(
    ("until", "reason", "words"),
    [
        (TODAY, "理由", "应晚于"),
        (date(YEAR, 12, 1), "理由", "最多延期 60 天"),
        (FRESH + timedelta(days=5), "  ", "写明理由"),
    ],
)
def test_an_extension_that_breaks_a_rule_says_which(case, township, county_officer, until, reason, words):
    with pytest.raises(Refused, match=words):
        extend(of(township, "plan"), county_officer, until, reason)


# --- recorded as done ------------------------------------------------------------------------------------------


def test_what_the_system_does_not_see_is_recorded_as_done_with_a_note(county, scheme, county_officer):
    duty = of(county, "lookback_report")
    with pytest.raises(Refused, match="写明怎样完成"):
        completing.complete(duty_id=duty.pk, note=" ", by=county_officer, at=NOW)
    done = completing.complete(duty_id=duty.pk, note="3月12日报送", by=county_officer, at=NOW)
    assert (done.state, done.ended_reason) == (DutyState.DONE, "3月12日报送")


def test_only_the_owing_post_records_and_only_where_no_fact_does(
    county, scheme, case, township, county_officer, city_reviewer, township_officer
):
    with pytest.raises(Refused, match="登记完成"):
        completing.complete(duty_id=of(county, "lookback_report").pk, note="代记", by=city_reviewer, at=NOW)
    with pytest.raises(Refused, match="自动办结"):
        completing.complete(duty_id=of(township, "plan").pk, note="已交", by=township_officer, at=NOW)
