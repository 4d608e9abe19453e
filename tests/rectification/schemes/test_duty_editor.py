"""The editor of duty rules: all columns, the days they make beside each row, every fault at its field."""

import re
from datetime import date

import pytest
from django.core.management import call_command
from django.urls import reverse

from rectification.schemes import actions
from rectification.schemes.preset_files import preset_keys
from tests.cast import NOW, YEAR
from tests.rectification.schemes.test_pages import as_sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(city, city_reviewer, county):
    return actions.create_from_preset(
        preset_key="a_yueyang_2015", issuer=city, year=YEAR, by=city_reviewer, at=NOW
    )


@pytest.fixture
def editor(as_post, draft, city_reviewer):
    """The editor's address, its browser, and what its form would send, plus one new row's values."""

    def sent(**row):
        client, url = as_post(city_reviewer), reverse("schemes:edit", args=[draft.uid, "duty_rules"])
        data = as_sent(client, url)
        number = draft.duty_rules.count()
        new = {
            "title": "进展报告",
            "subject": "unit",
            "owner_level": "county",
            "owner_role": "county_officer",
            "rhythm": "monthly",
        } | row
        return client, url, data | {f"rows-{number}-{name}": value for name, value in new.items()}

    return sent


def words(answer) -> str:
    return re.sub(r"<[^>]+>", "", answer.content.decode())


def test_a_monthly_rule_is_saved_with_all_its_columns(editor, draft):
    client, url, data = editor(
        day="25",
        stage="remediation",
        shift="earlier",
        grace_days="3",
        starts_on=f"{YEAR}-5-1",
        due_on=f"{YEAR}年10月31日",
    )
    assert client.post(url, data).status_code == 302
    rule = draft.duty_rules.get(title="进展报告")
    assert (rule.day, rule.stage, rule.shift, rule.grace_days) == (25, "remediation", "earlier", 3)
    assert (rule.starts_on, rule.due_on) == (date(YEAR, 5, 1), date(YEAR, 10, 31))


def test_columns_the_rhythm_does_not_use_are_emptied(editor, draft):
    client, url, data = editor(within_days="10", event="", times="", every="monthly", month="2")
    assert client.post(url, data).status_code == 302
    rule = draft.duty_rules.get(title="进展报告")
    assert (rule.within_days, rule.times, rule.every, rule.month) == (0, 1, "", 0)


def test_a_rule_within_days_of_an_event_is_saved(editor, draft):
    client, url, data = editor(
        rhythm="within", subject="case", event="vacancy", within_days="10", in_working_days="on"
    )
    assert client.post(url, data).status_code == 302
    rule = draft.duty_rules.get(title="进展报告")
    assert (rule.event, rule.within_days, rule.in_working_days) == ("vacancy", 10, True)


@pytest.mark.parametrize(
    ("row", "field", "said"),
    [
        ({"day": "32"}, "day", "应在 1 与 31 之间"),
        ({"day": "三"}, "day", "整数"),
        ({"rhythm": "count", "times": "0", "due_on": f"{YEAR}-12-31"}, "times", "次数应至少为 1"),
        ({"rhythm": "count", "times": ""}, "times", "次数应至少为 1"),
        ({"rhythm": "within", "subject": "case", "within_days": "5"}, "event", "没有选自何事起算"),
        ({"rhythm": "within", "subject": "case", "event": "notice"}, "within_days", "应至少为 1 天"),
        ({"rhythm": "once"}, "due_on", "没有截止日期"),
        ({"rhythm": "once", "due_on": "2月30日"}, "due_on", "请填写日期"),
        ({"starts_on": f"{YEAR}-9-1", "due_on": f"{YEAR}-3-1"}, "due_on", "早于开始日期"),
        ({"debtor": "leader"}, "debtor", "每个整顿对象"),
        ({"owner_level": "township"}, "owner_role", "与责任层级不符"),
        ({"owner_level": "city", "subject": "case"}, "owner_level", "应选县、乡镇或基层"),
    ],
)
def test_a_wrong_rule_is_told_at_its_field_and_nothing_typed_is_lost(editor, draft, row, field, said):
    client, url, data = editor(**row)
    answer = client.post(url, data)
    assert answer.status_code == 422
    form = answer.context["formset"].forms[draft.duty_rules.count()]
    assert any(said in text for text in form.errors[field])
    assert form["title"].value() == "进展报告"
    assert not draft.duty_rules.filter(title="进展报告").exists()


def test_each_row_shows_its_days_before_anything_is_saved(editor, draft):
    client, url, data = editor(rhythm="half_month", due_on=f"{YEAR}-2-28")
    page = words(client.post(url, data | {"_look": "1"}))
    assert f"共 4 次：{YEAR}年1月15日、{YEAR}年1月31日" in page
    assert "还没有保存" in page
    assert not draft.duty_rules.filter(title="进展报告").exists()


def test_the_days_change_beside_the_row_while_typing(editor, draft):
    client, _url, data = editor(rhythm="quarterly", day="15", month="1")
    answer = client.post(reverse("schemes:check", args=[draft.uid, "duty_rules"]), data)
    page = answer.content.decode()
    assert f'id="rows-{draft.duty_rules.count()}-days" hx-swap-oob="true"' in page
    assert f"共 4 次：{YEAR}年1月15日、{YEAR}年4月15日" in page
    assert "1 个单位各4 项" in page


def test_a_year_without_a_holiday_order_says_it_only_guesses(editor, draft):
    client, url, data = editor(shift="later")
    look = data | {"_look": "1"}
    assert f"{YEAR}年的放假调休安排尚未录入" in words(client.post(url, look))
    call_command("load_calendar", verbosity=0)
    page = words(client.post(url, look))
    assert "尚未录入" not in page
    assert f"（原为{YEAR}年1月31日，休息日）" in page


def test_a_deleted_row_shows_no_days(editor, draft):
    client, url, data = editor()
    page = words(client.post(url, data | {"_look": "1", "rows-0-DELETE": "on"}))
    assert "还没有保存" in page


@pytest.mark.parametrize("key", preset_keys())
def test_every_presets_rhythms_arrive_in_the_scheme(city, city_reviewer, key):
    made = actions.create_from_preset(preset_key=key, issuer=city, year=YEAR, by=city_reviewer, at=NOW)
    found = [problem for problem in actions.problems(made) if problem.path.startswith("duty_rules")]
    assert found == []


def test_the_day_and_month_of_a_preset_are_the_schemes(city, city_reviewer):
    made = actions.create_from_preset(
        preset_key="d_chalu_2017", issuer=city, year=YEAR, by=city_reviewer, at=NOW
    )
    rule = made.duty_rules.get(key="finance_publication")
    assert (rule.rhythm, rule.day, rule.month) == ("quarterly", 15, 1)
    made = actions.create_from_preset(
        preset_key="b_meixian_2023", issuer=city, year=YEAR, by=city_reviewer, at=NOW
    )
    assert made.duty_rules.get(key="half_month_report").stage == "remediation"


def test_the_reading_page_says_the_rhythm_and_the_days(as_post, draft, city_reviewer):
    page = words(as_post(city_reviewer).get(draft.get_absolute_url()))
    assert "累计4次" in page and "累计100%" in page
    assert "结对共建时产生" in page
