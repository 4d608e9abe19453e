"""时限任务 on screen: the list with its lights and filters, one duty, extension, recording as done."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from rectification.duties import actions, reminders
from rectification.duties.listing import place_of
from rectification.duties.models import Duty, DutyState
from tests.cast import NOW, TODAY, YEAR

pytestmark = pytest.mark.django_db
LIST = reverse("duties:list")


@pytest.fixture
def year(county, other_county, township, other_township, foreign_township, scheme, case, foreign_case):
    """Duties of two counties and their townships; the plans were due twenty days ago."""
    due = TODAY - timedelta(days=20)
    Duty.objects.filter(key="plan").update(due_on=due, effective_due_on=due)
    return scheme


def titles(client, **filters) -> list[str]:
    answer = client.get(LIST, filters)
    assert answer.status_code == 200
    return [str(duty) for duty in answer.context["page"].object_list]


def plan_of(case) -> Duty:
    return Duty.objects.get(case=case, key="plan")


def test_the_list_stands_by_date_and_says_the_light_in_words(as_post, year, county_officer):
    answer = as_post(county_officer).get(LIST)
    dates = [duty.effective_due_on for duty in answer.context["page"].object_list]
    assert dates == sorted(dates)
    page = answer.content.decode()
    assert "逾期 20 天" in page
    assert "正常" in page


@pytest.mark.parametrize(
    ("state", "days", "found"),
    [("near", 5, True), ("near", 9, False), ("overdue", -1, True), ("overdue", 0, False)],
)
def test_states_narrow_the_list(as_post, year, case, county_officer, state, days, found):
    day = TODAY + timedelta(days=days)
    Duty.objects.filter(pk=plan_of(case).pk).update(due_on=day, effective_due_on=day)
    assert ("石桥村：完成调查研究，提出整顿方案" in titles(as_post(county_officer), state=state)) is found


def test_done_and_kind_and_unit_and_own_narrow_the_list(as_post, year, case, township, county_officer):
    client = as_post(county_officer)
    actions.discharge(duty=plan_of(case), by=county_officer, at=NOW)
    assert titles(client, state="done") == ["石桥村：完成调查研究，提出整顿方案"]
    assert titles(client, kind="acceptance") == ["石桥村：逐一考核验收"]
    assert titles(client, unit=str(township.uid), state="all") == [
        "石桥村：完成调查研究，提出整顿方案",
        "向县（市、区）委组织部报送整顿工作台账",
        "石桥村：挂点领导到点指导（全年不少于4次）",
        "石桥村：驻点帮扶走访农户（居民），走访面100%",
    ]
    assert "石桥村：逐一考核验收" in titles(client, mine="on")
    assert "向县（市、区）委组织部报送整顿工作台账" not in titles(client, mine="on")


def test_nonsense_in_the_address_is_left_out(as_post, year, county_officer):
    client = as_post(county_officer)
    everything = titles(client)
    assert everything
    assert titles(client, state="x", unit="x", kind="x", year="9999", sort="x", page="x") == everything


def test_each_post_sees_only_its_subtree(as_post, year, township_officer, other_county_officer):
    assert not any("沙洲村" in title for title in titles(as_post(township_officer), state="all"))
    assert not any("石桥村" in title for title in titles(as_post(other_county_officer), state="all"))


def test_another_countys_duty_is_absent(as_post, year, case, other_county_officer):
    client = as_post(other_county_officer)
    for name in ("detail", "extend", "complete"):
        assert client.get(reverse(f"duties:{name}", args=[plan_of(case).uid])).status_code == 404
    until = {"until_on": "2026-6-20", "reason": "x"}
    assert client.post(reverse("duties:extend", args=[plan_of(case).uid]), until).status_code == 404


def test_the_county_extends_and_the_page_shows_both_dates_and_why(as_post, year, case, county_officer):
    client, duty = as_post(county_officer), plan_of(case)
    url = reverse("duties:extend", args=[duty.uid])
    page = client.post(url, {"until_on": "2026年6月20日", "reason": "汛期抢险"}, follow=True).content.decode()
    assert "已延期至2026年6月20日" in page
    assert "原定 2026年4月30日" in page
    assert "汛期抢险" in page


@pytest.mark.parametrize(
    ("until", "words"),
    [("2026-4-1", "应晚于现行截止日期"), ("2027-1-1", "最多延期 60 天"), ("下个月", "请填写日期")],
)
def test_a_wrong_extension_is_told_at_its_field_and_the_reason_stays(
    as_post, year, case, county_officer, until, words
):
    url = reverse("duties:extend", args=[plan_of(case).uid])
    answer = as_post(county_officer).post(url, {"until_on": until, "reason": "我写的理由"})
    assert answer.status_code == 422
    assert words in answer.context["form"].errors["until_on"][0]
    assert "我写的理由" in answer.content.decode()


def test_a_township_sees_why_it_may_not_extend_its_own(as_post, year, case, township_officer):
    client, duty = as_post(township_officer), plan_of(case)
    assert "延期</a>" not in client.get(duty.get_absolute_url()).content.decode()
    url = reverse("duties:extend", args=[duty.uid])
    assert "本单位不能给自己延期" in client.get(url).content.decode()
    answer = client.post(url, {"until_on": "2026-6-20", "reason": "自己延"})
    assert answer.status_code == 422
    assert plan_of(case).effective_due_on == date(YEAR, 4, 30)


def test_the_detail_shows_the_reminders_that_were_given(
    as_post, year, case, county_officer, township_officer
):
    reminders.remind(today=TODAY, at=NOW)
    page = as_post(county_officer).get(plan_of(case).get_absolute_url()).content.decode()
    assert township_officer.user.name in page
    assert "<td>逾期</td>" in page


def test_the_owing_post_records_what_the_system_does_not_see(as_post, year, county, county_officer):
    duty = Duty.objects.get(organization=county, key="lookback_report")
    client, url = as_post(county_officer), reverse("duties:complete", args=[duty.uid])
    assert client.post(url, {"note": ""}).status_code == 422
    page = client.post(url, {"note": "3月12日报送"}, follow=True).content.decode()
    assert "3月12日报送" in page
    duty.refresh_from_db()
    assert duty.state == DutyState.DONE


def test_the_list_does_not_ask_the_database_for_each_row(
    as_post, year, case, county, county_officer, django_assert_max_num_queries
):
    client = as_post(county_officer)
    for number in range(30):
        actions.open_duty(
            case=case, key="measure", title=f"措施{number}", unit=county, role="county_officer", due_on=TODAY
        )
    client.get(LIST)
    with django_assert_max_num_queries(22):
        assert len(titles(client)) > 30


def test_each_duty_leads_to_where_it_is_done(as_post, year, case, township, county, county_officer):
    client = as_post(county_officer)
    wanted = {
        "plan": reverse("remediation:plan", args=[case.uid]),
        "acceptance": reverse("acceptance:case", args=[case.uid]),
        "ledger_county": reverse("reports:ledger", args=["work"]),
        "lookback_report": reverse("reports:ledger", args=["lookback"]),
    }
    for key, place in wanted.items():
        duty = Duty.objects.visible_to(county_officer).get(key=key)
        answer = client.get(duty.get_absolute_url())
        assert answer.context["place"].partition("?")[0] == place
        assert not place or client.get(answer.context["place"]).status_code == 200
        assert not duty.case or client.get(answer.context["case_url"]).status_code == 200


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("plan", "/plan/"),
        ("measure", "tab=problems"),
        ("committee", "tab=support#committee"),
        ("helping_unit", "tab=support#units"),
        ("fill_vacancy", "tab=support#people"),
        ("contact_visits", "tab=activities"),
        ("finance_check", "/finance/?from=2026-04-01"),
        ("acceptance", "/acceptance/"),
        ("own-1", "/remediation/cases/"),
    ],
)
def test_what_is_owed_of_a_case_leads_to_where_it_is_done(as_post, case, township_officer, key, part):
    duty = plan_of(case)
    duty.key, duty.period_from_on = key, date(YEAR, 4, 1)
    assert part in place_of(duty)
    assert as_post(township_officer).get(place_of(duty)).status_code == 200


@pytest.mark.parametrize("key", ["half_month_report", "monthly_report", "quarterly_report"])
def test_a_report_that_is_owed_leads_to_its_page(as_post, scheme, case, township, township_officer, key):
    span = {"period_from_on": date(YEAR, 4, 1), "period_to_on": date(YEAR, 6, 30)}
    given = {"scheme": scheme, "organization": township, "key": key, "title": "进展", "due_on": TODAY}
    duty = Duty.objects.create(owner_role="township_officer", effective_due_on=TODAY, **given, **span)
    assert as_post(township_officer).get(place_of(duty), follow=True).status_code == 200
