"""报送情况: each cell from its duty, each number equal to its list, one button that reminds once a day."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEvent, Message
from accounts.roles import Role
from organizations.rules import Level
from rectification.duties.models import Duty, Reminder
from rectification.filings import actions, matrix, matrix_rules, reminding
from rectification.filings.matrix_rules import Standing
from tests import cast
from tests.cast import NOW, TODAY, YEAR
from tests.rectification.filings.test_returning import file_again

MAY = date(YEAR, 5, 10)


@pytest.mark.parametrize(
    ("done_on", "review", "today", "words"),
    [
        (MAY, "passed", MAY, "按时，已接收"),
        (MAY, "pending", MAY, "按时，待接收"),
        (MAY + timedelta(days=1), "passed", TODAY, "迟报，已接收"),
        (MAY, "", TODAY, "按时，已登记"),
        (None, "returned", MAY, "已退回，待重报"),
        (None, "returned", TODAY, "已退回，已逾期"),
        (None, "withdrawn", MAY, "未到期"),
        (None, "", MAY + timedelta(days=1), "逾期未报"),
    ],
)
def test_a_cell_says_how_it_stands(done_on, review, today, words):
    assert matrix_rules.state_of(last_on=MAY, done_on=done_on, review=review, today=today).words == words


def test_periods_are_headed_as_the_office_calls_them():
    heads = [((5, 1), (5, 31)), ((5, 1), (5, 15)), ((5, 16), (5, 31)), ((4, 1), (6, 30)), ((5, 3), (5, 9))]
    said = [matrix_rules.span_words(date(YEAR, *first), date(YEAR, *last)) for first, last in heads]
    assert said == ["5月", "5月上半月", "5月下半月", "第2季度", "5月3日—5月9日"]


@pytest.mark.django_db
def test_the_county_sees_its_townships_and_the_numbers_equal_the_lists(
    filing, as_post, county_officer, other_township, scheme
):
    owed(scheme, other_township, "ledger_township", due_on=date(YEAR, 3, 23))
    found = matrix.matrix_of(county_officer, YEAR)
    assert [unit.name for unit in found.units] == ["柳溪镇", "白岩乡"]
    assert found.counts()[""] == 2 and found.counts()["missing"] == 1
    for name in matrix.COUNTED:
        assert found.counts()[name] == len(found.listed(name=name))
        for item in found.items:
            assert found.counts(item=item.key)[name] == len(found.listed(item=item.key, name=name))
        for unit in found.units:
            assert found.counts(unit=unit.pk)[name] == len(found.listed(unit=unit.uid, name=name))
    shown = as_post(county_officer).get(reverse("filings:matrix")).content.decode()
    assert filing.get_absolute_url() in shown and "逾期未报" in shown
    listed = as_post(county_officer).get(reverse("filings:owed"), {"standing": "missing"}).content.decode()
    assert "白岩乡" in listed and "柳溪镇" not in listed


@pytest.mark.django_db
def test_returned_and_received_are_told_apart(filing, county_officer):
    actions.return_(filing_id=filing.pk, by=county_officer, at=NOW, opinion="改")
    assert matrix.matrix_of(county_officer, YEAR).counts()[Standing.RETURNED] == 1
    again = file_again(filing.by)
    actions.accept(filing_id=again.pk, by=county_officer, at=NOW)
    assert matrix.matrix_of(county_officer, YEAR).counts()["received"] == 1


@pytest.mark.django_db
def test_another_county_is_not_in_the_table(filing, other_county_officer, township_officer, as_post):
    assert matrix.matrix_of(other_county_officer, YEAR).units == []
    assert as_post(township_officer).get(reverse("filings:matrix")).status_code == 403


def owed(scheme, unit, key, *, due_on, month=None):
    """One thing a unit owes, of a period where a month is given."""
    rule = scheme.duty_rules.filter(key=key).first() or scheme.duty_rules.create(
        key=key,
        title="报送进展报告",
        subject="unit",
        owner_level="township",
        owner_role="township_officer",
        rhythm="monthly",
        order=90,
    )
    span = {"period_from_on": date(YEAR, month, 1), "period_to_on": date(YEAR, month, 28)} if month else {}
    return Duty.objects.create(
        scheme=scheme,
        rule=rule,
        key=key,
        organization=unit,
        owner_role="township_officer",
        title=rule.title,
        due_on=due_on,
        effective_due_on=due_on,
        **span,
    )


@pytest.mark.django_db
def test_a_series_shows_one_period_until_all_are_asked_for(scheme, township, county_officer):
    for month in range(1, 9):
        owed(scheme, township, "monthly_report", due_on=date(YEAR, month, 28), month=month)
    assert [item.period for item in matrix.matrix_of(county_officer, YEAR).items] == ["4月1日—4月28日"]
    march = matrix.matrix_of(county_officer, YEAR, period=f"{YEAR}-03")
    assert [item.key for item in march.items] == ["monthly_report.0328"]
    assert len(matrix.matrix_of(county_officer, YEAR, period="all").items) == 8


@pytest.mark.django_db
def test_sixty_units_and_twenty_columns_in_few_queries(
    scheme, county, county_officer, as_post, django_assert_max_num_queries
):
    towns = [cast.place(f"测试{n}乡", Level.TOWNSHIP, county, code=f"9901213{n:02d}") for n in range(60)]
    rules = [
        scheme.duty_rules.create(
            key=f"own-{n}",
            title=f"报表{n}",
            subject="unit",
            owner_level="township",
            owner_role="township_officer",
            ledger="work",
            order=100 + n,
        )
        for n in range(20)
    ]
    Duty.objects.bulk_create(
        Duty(
            scheme=scheme,
            rule=rule,
            key=rule.key,
            organization=town,
            org_path=town.path,
            owner_role="township_officer",
            title=rule.title,
            due_on=TODAY,
            effective_due_on=TODAY,
        )
        for town in towns
        for rule in rules
    )
    client = as_post(county_officer)
    client.get(reverse("filings:matrix"))
    with django_assert_max_num_queries(20):
        shown = client.get(reverse("filings:matrix"))
    assert shown.content.decode().count("未到期</span>") >= 1200


@pytest.mark.django_db
def test_one_button_reminds_everyone_missing_once_a_day(
    scheme, township, other_township, township_officer, other_township_officer, county_officer, as_post
):
    owed(scheme, township, "ledger_township", due_on=date(YEAR, 3, 23))
    owed(scheme, other_township, "ledger_township", due_on=date(YEAR, 3, 23))
    client = as_post(county_officer)
    said = client.post(reverse("filings:remind"), {"item": ""}, follow=True).content.decode()
    assert "已提醒柳溪镇、白岩乡" in said
    assert Message.objects.filter(title__startswith="催报").count() == 2
    assert AuditEvent.objects.get(action="催报").detail["duties"] == 2
    again = client.post(reverse("filings:remind"), {"item": ""}, follow=True).content.decode()
    assert "今天已经提醒过" in again and Message.objects.filter(title__startswith="催报").count() == 2
    duty = Duty.objects.filter(organization=township).first()
    reminding.press(duties=[duty.pk], by=county_officer, at=NOW + timedelta(days=1))
    assert Message.objects.filter(title__startswith="催报").count() == 3
    assert Reminder.objects.filter(rule__lte=reminding.PRESSED, message__isnull=False).count() == 3


@pytest.mark.django_db
def test_who_is_not_below_is_not_reminded(scheme, foreign_township, county_officer):
    cast.post_at(foreign_township, Role.TOWNSHIP_OFFICER, "wai")
    duty = owed(scheme, foreign_township, "ledger_township", due_on=date(YEAR, 3, 23))
    with pytest.raises(reminding.Refused, match="没有需要催报的单位"):
        reminding.press(duties=[duty.pk], by=county_officer, at=NOW)
    assert not Message.objects.filter(title__startswith="催报").exists()


@pytest.mark.django_db
def test_the_list_narrows_by_unit_ledger_state_and_year(filing, as_post, county_officer):
    client = as_post(county_officer)

    def found(**asked):
        return client.get(reverse("filings:list"), asked).context["count"]

    assert found() == found(ledger="work", state="pending", year=YEAR, unit=filing.organization.uid) == 1
    assert found(state="passed") == 0
