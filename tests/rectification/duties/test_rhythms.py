"""Every rhythm of a scheme's rules becomes duties: one a due day, with its period, number and grace."""

from datetime import date, datetime, timedelta

import pytest

from rectification.duties import actions, making
from rectification.duties.models import Duty
from rectification.schemes.terms import Event
from tests.cast import NOW, SHANGHAI, TODAY, YEAR
from tests.conftest import make_case

pytestmark = pytest.mark.django_db
MARCH = datetime(YEAR, 3, 2, 9, tzinfo=SHANGHAI)


def on(month: int, day: int) -> date:
    return date(YEAR, month, day)


def of(unit, **more) -> list[Duty]:
    return list(Duty.objects.filter(organization=unit, **more).order_by("due_on"))


def test_a_county_owes_each_quarters_report_still_to_come(with_rules, county, other_county):
    owed_by = {"owner_level": "county", "owner_role": "county_officer"}
    with_rules({"subject": "unit", "rhythm": "quarterly", **owed_by})
    for unit in (county, other_county):
        assert [duty.due_on for duty in of(unit)] == [on(6, 30), on(9, 30), on(12, 31)]
    assert of(county)[0].title == "第二季度进展报告"


def test_a_half_months_report_names_its_half_month(with_rules, township):
    with_rules({"subject": "unit", "rhythm": "half_month", "starts_on": on(5, 16), "due_on": on(6, 30)})
    assert [(duty.title, duty.due_on) for duty in of(township)] == [
        ("5月下半月进展报告", on(5, 31)),
        ("6月上半月进展报告", on(6, 15)),
        ("6月下半月进展报告", on(6, 30)),
    ]
    first = of(township)[0]
    assert (first.period_from_on, first.period_to_on) == (on(5, 16), on(5, 31))
    assert first.period_words == "5月16日—5月31日"


def test_the_rhythm_in_brackets_is_not_said_twice(with_rules, township):
    with_rules({"subject": "unit", "rhythm": "monthly", "title": "镇党委报送整顿工作进展（每月）"})
    assert of(township)[0].title == "5月镇党委报送整顿工作进展"


def test_a_series_over_the_years_end_names_the_other_year(with_rules, township):
    rule = {"subject": "unit", "rhythm": "monthly", "starts_on": on(12, 1), "due_on": date(YEAR + 1, 1, 20)}
    with_rules(rule)
    assert [duty.title for duty in of(township)] == ["12月进展报告", f"{YEAR + 1}年1月进展报告"]
    assert of(township)[1].due_on == date(YEAR + 1, 1, 20)
    assert of(township)[1].period_words == f"{YEAR + 1}年1月1日—1月20日"


def test_four_visits_by_the_years_end_are_one_duty_of_four(with_rules, county_officer, village, county):
    scheme = with_rules({"subject": "case", "rhythm": "count", "times": 4, "due_on": on(12, 31)})
    case = make_case(scheme, village, county, county_officer)
    (duty,) = case.duties.all()
    assert (duty.times, duty.due_on, duty.period_from_on) == (4, on(12, 31), None)


def test_two_visits_a_quarter_are_one_duty_of_two_a_quarter(with_rules, county_officer, village, county):
    scheme = with_rules({"subject": "case", "rhythm": "count", "times": 2, "every": "quarterly"})
    case = make_case(scheme, village, county, county_officer)
    assert [(duty.times, duty.due_on) for duty in case.duties.order_by("due_on")] == [
        (2, on(6, 30)),
        (2, on(9, 30)),
        (2, on(12, 31)),
    ]


def test_a_phase_bounds_the_reports_of_its_stage(with_rules, township, county, village, county_officer):
    scheme = with_rules({"rhythm": "monthly", "stage": "remediation"})
    phase = scheme.phases.filter(stage="remediation").last()
    make_case(scheme, village, county, county_officer)
    assert of(township)[-1].due_on == phase.ends_on
    assert of(township)[0].due_on == on(5, 31)


def test_a_day_off_is_moved_and_grace_is_kept(with_rules, township, order_of_may):
    rule = {"subject": "unit", "rhythm": "once", "due_on": on(5, 1), "shift": "later", "grace_days": 3}
    with_rules(rule, at=MARCH)
    (duty,) = of(township)
    assert duty.due_on == on(5, 6)
    # 6 May and three days is Saturday the 9th, which is worked instead
    assert duty.late_after_on == duty.last_on == on(5, 9)


def test_opening_again_makes_nothing_new_in_any_rhythm(with_rules, county, village, county_officer):
    scheme = with_rules(
        {"rhythm": "monthly"},
        {"subject": "unit", "rhythm": "half_month"},
        {"subject": "case", "rhythm": "quarterly"},
        {"subject": "case", "rhythm": "count", "times": 4, "due_on": on(12, 31)},
        {"subject": "case", "rhythm": "once", "due_on": on(4, 30)},
        {"subject": "case", "rhythm": "within", "event": "determined", "within_days": 10},
    )
    case = make_case(scheme, village, county, county_officer)
    before = sorted(Duty.objects.values_list("pk", flat=True))
    later = NOW + timedelta(days=40)
    assert actions.open_case_duties(case=case, at=later) == 0
    assert actions.open_unit_duties(scheme=scheme, at=later) == 0
    assert sorted(Duty.objects.values_list("pk", flat=True)) == before


# --- a case determined in mid-year -------------------------------------------------------------------------------


def test_no_period_that_ended_before_the_case_was_determined_is_asked_for(
    with_rules, county, village, county_officer
):
    scheme = with_rules({"subject": "case", "rhythm": "monthly", "day": 10})
    case = make_case(scheme, village, county, county_officer)
    assert case.duties.order_by("due_on").first().due_on == on(6, 10)


def test_what_was_due_once_before_gets_as_many_days_as_the_others_had(
    with_rules, county, village, county_officer
):
    scheme = with_rules({"subject": "case", "rhythm": "once", "due_on": on(4, 30)})
    case = make_case(scheme, village, county, county_officer)
    start = scheme.phases.filter(starts_on__lt=on(4, 30), ends_on__gte=on(4, 30)).first().starts_on
    assert case.duties.get().due_on == TODAY + (on(4, 30) - start)


def test_nothing_is_overdue_at_birth_whichever_rhythm(with_rules, county, village, county_officer, township):
    scheme = with_rules(
        {"rhythm": "once", "due_on": on(3, 23)},
        {"rhythm": "half_month"},
        {"subject": "case", "rhythm": "once", "due_on": on(1, 2)},
        {"subject": "case", "rhythm": "within", "event": "determined", "within_days": 3},
    )
    make_case(scheme, village, county, county_officer, determined_on=on(4, 1))
    assert Duty.objects.count() > 4
    assert not Duty.objects.overdue(TODAY).exists()


# --- within so many days of an event -----------------------------------------------------------------------------


def test_within_ten_days_of_the_determination(with_rules, county, village, county_officer):
    scheme = with_rules({"subject": "case", "rhythm": "within", "event": "determined", "within_days": 10})
    case = make_case(scheme, village, county, county_officer)
    assert case.duties.get().due_on == TODAY + timedelta(days=10)


def test_a_vacancy_makes_its_duty_when_it_happens_once_a_day(
    with_rules, county, village, county_officer, order_of_may
):
    rule = {
        "subject": "case",
        "rhythm": "within",
        "event": "vacancy",
        "within_days": 3,
        "title": "补派第一书记",
    }
    scheme = with_rules(rule | {"in_working_days": True})
    case = make_case(scheme, village, county, county_officer)
    assert not case.duties.exists()
    given = {"case": case, "by": county_officer, "at": NOW}
    assert actions.happened(event=Event.VACANCY, on=on(4, 30), **given) == 1
    assert actions.happened(event=Event.VACANCY, on=on(4, 30), **given) == 0
    assert actions.happened(event=Event.NOTICE, on=on(4, 30), **given) == 0
    # 1 to 5 May are free: the third working day is the 8th
    assert case.duties.get().due_on == on(5, 8)
    assert actions.happened(event=Event.VACANCY, on=on(6, 1), **given) == 1
    case.refresh_from_db()
    assert case.next_due_on == on(5, 8)


def test_a_series_that_waits_for_a_pairing_starts_with_it(scheme, case, county_officer):
    assert not case.duties.filter(key="joint_meeting").exists()
    actions.happened(event="paired", case=case, on=on(6, 10), by=county_officer, at=NOW)
    meetings = case.duties.filter(key="joint_meeting").order_by("due_on")
    assert [duty.due_on.month for duty in meetings] == [6, 7, 8, 9, 10, 11, 12]
    assert meetings[0].period_from_on == on(6, 10)


# --- foretold is made --------------------------------------------------------------------------------------------


def test_what_the_start_page_foretells_is_what_is_made(as_post, city, city_reviewer, county, other_county):
    from django.urls import reverse

    from rectification.schemes import actions as schemes

    made = schemes.create_from_preset(
        preset_key="a_yueyang_2015", issuer=city, year=YEAR, by=city_reviewer, at=NOW
    )
    made.duty_rules.create(
        key="monthly",
        title="月报",
        subject="unit",
        owner_level="county",
        owner_role="county_officer",
        rhythm="monthly",
        order=50,
    )
    client, url = as_post(city_reviewer), reverse("duties:start", args=[made.pk and made.uid])
    foretold = client.get(url).context["count"]
    client.post(url, {"_version": str(made.version)})
    assert Duty.objects.filter(scheme=made).count() == foretold
    # lookback, ledger and eight monthly reports of two counties, and the city's check
    assert foretold == 2 * (2 + 8) + 1
    assert sum(len(rows) for _rule, rows in making.foretold(made, TODAY)) == 0
    assert "该方案执行中，不用再付诸执行" in client.get(url).content.decode()


def test_a_nearer_scheme_takes_over_only_what_is_still_to_come(
    with_rules, county, township, county_officer, city_reviewer
):
    from rectification.schemes import actions as schemes

    rule = {"subject": "unit", "rhythm": "monthly", "key": "monthly_report"}
    above = with_rules(rule, at=MARCH)
    own = schemes.copy(source=above, issuer=county, year=YEAR, by=county_officer, at=NOW)
    own.duty_rules.update(day=25)
    actions.start_year(scheme_id=own.pk, by=county_officer, at=NOW)
    assert {duty.due_on for duty in of(township, scheme=above, state="open")} == {on(3, 31), on(4, 30)}
    assert of(township, scheme=own)[0].due_on == on(5, 25)
    assert actions.open_unit_duties(scheme=above, at=NOW) == 0


# --- the end of a case -------------------------------------------------------------------------------------------


def test_with_the_last_case_end_its_duties_and_the_reports_to_come(
    with_rules, county, village, other_village, township, county_officer
):
    from rectification.duties import ending

    scheme = with_rules({"rhythm": "monthly"}, {"subject": "case", "rhythm": "quarterly"})
    first = make_case(scheme, village, county, county_officer)
    second = make_case(scheme, other_village, county, county_officer)
    given = {"by": county_officer, "at": NOW, "reason": "验收合格，已销号"}
    for case in (first, second):
        case.stage = "tracking"
        case.save(update_fields=["stage"])
        left = len(of(township, state="open", case=None))
        ending.close_case(case=case, **given)
        assert not case.duties.open().exists()
        assert left == 8
    assert of(township, state="open", case=None) == []
