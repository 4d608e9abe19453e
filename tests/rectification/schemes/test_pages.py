"""年度方案 on screen: who reads, who edits, what is said of wrong input, what putting in force will do."""

import re
from datetime import date

import pytest
from django.urls import reverse

from rectification.duties.models import Duty
from rectification.schemes import actions
from rectification.schemes.models import Scheme, SchemeState
from rectification.schemes.parts import PARTS
from tests.cast import NOW, YEAR

pytestmark = pytest.mark.django_db
DRAW_UP = reverse("schemes:new")


@pytest.fixture
def draft(city, county, township, city_reviewer) -> Scheme:
    return actions.create_from_preset(
        preset_key="a_yueyang_2015", issuer=city, year=YEAR, by=city_reviewer, at=NOW
    )


def edit_url(scheme: Scheme, part: str) -> str:
    return reverse("schemes:edit", args=[scheme.uid, part])


def as_sent(client, url: str) -> dict[str, str | list[str]]:
    """The form of a page as a browser would send it unchanged."""
    page = client.get(url)
    assert page.status_code == 200
    formset = page.context["formset"]
    data: dict[str, str | list[str]] = {}
    for form in [formset.management_form, *formset.forms]:
        for field in form:
            value = field.value()
            if isinstance(value, bool):
                if value:
                    data[field.html_name] = "on"
            elif isinstance(value, list):
                data[field.html_name] = [str(item) for item in value]
            elif isinstance(value, date):
                data[field.html_name] = f"{value.year}年{value.month}月{value.day}日"
            elif value is not None:
                data[field.html_name] = str(value)
    data["_version"] = str(page.context["version"])
    return data


def test_without_a_scheme_the_page_says_what_to_do_first(as_post, city_reviewer, township_officer):
    assert "拟订方案" in as_post(city_reviewer).get(reverse("schemes:list")).content.decode()


def test_a_scheme_is_drawn_up_from_the_preset(as_post, city_reviewer, city):
    answer = as_post(city_reviewer).post(DRAW_UP, {"source": "preset:a_yueyang_2015", "year": YEAR})
    made = Scheme.objects.get()
    assert answer["Location"] == made.get_absolute_url()
    assert (made.issuer, made.year, made.state) == (city, YEAR, SchemeState.DRAFT)


def test_next_years_scheme_is_drawn_up_from_this_years(as_post, scheme, city_reviewer):
    as_post(city_reviewer).post(DRAW_UP, {"source": f"scheme:{scheme.uid}", "year": YEAR + 1})
    assert Scheme.objects.get(year=YEAR + 1).duty_rules.get(key="plan").due_on == date(YEAR + 1, 4, 30)


def test_the_reading_view_marks_every_starter_and_names_the_sources(as_post, draft, city_reviewer):
    page = as_post(city_reviewer).get(draft.get_absolute_url()).content.decode()
    assert page.count("示例分值，非文件规定，可改") >= 10 + 12
    assert "岳阳2015方案 二" in page
    assert "S0" not in re.sub(r"<[^>]+>", "", page)


def test_those_below_read_a_scheme_in_force_but_no_draft(as_post, scheme, draft, township_officer):
    client = as_post(township_officer)
    page = client.get(scheme.get_absolute_url())
    assert page.status_code == 200
    assert "修订<span" not in page.content.decode()
    assert client.get(draft.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("part", ["head", "phases"])
def test_another_units_officer_finds_no_edit_page(as_post, scheme, county_officer, part):
    assert as_post(county_officer).get(edit_url(scheme, part)).status_code == 404


def test_a_countys_own_scheme_is_absent_for_another_county(as_post, county_officer, other_county_officer):
    own = actions.create_from_preset(
        preset_key="a_yueyang_2015",
        issuer=county_officer.organization,
        year=YEAR,
        by=county_officer,
        at=NOW,
    )
    client = as_post(other_county_officer)
    for name in ("schemes:detail", "schemes:amendments", "duties:start", "duties:amend_rules"):
        assert client.get(reverse(name, args=[own.uid])).status_code == 404


@pytest.mark.parametrize("part", list(PARTS))
def test_a_part_sent_back_unchanged_changes_nothing(as_post, draft, city_reviewer, part):
    before = [(str(row), row.order, row.starter, row.source) for row in PARTS[part].rows(draft)]
    client, url = as_post(city_reviewer), edit_url(draft, part)
    assert client.post(url, as_sent(client, url)).status_code == 302
    assert [(str(row), row.order, row.starter, row.source) for row in PARTS[part].rows(draft)] == before


def test_a_row_is_added_and_another_removed_without_scripts(as_post, draft, city_reviewer):
    client, url = as_post(city_reviewer), edit_url(draft, "help")
    data = as_sent(client, url)
    data |= {"rows-0-DELETE": "on", "rows-5-text": "帮办民生实事", "rows-5-ORDER": "1"}
    client.post(url, data)
    assert [row.text for row in PARTS["help"].rows(draft)][:2] == ["帮办民生实事", "帮理工作思路"]
    assert len(PARTS["help"].rows(draft)) == 5


def test_a_phase_that_ends_before_it_starts_is_told_at_its_field_and_nothing_typed_is_lost(
    as_post, draft, city_reviewer
):
    client, url = as_post(city_reviewer), edit_url(draft, "phases")
    data = as_sent(client, url) | {"rows-1-ends_on": "2026-3-1", "rows-1-name": "我刚写的名称"}
    answer = client.post(url, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert answer.context["formset"].forms[1].errors["ends_on"][0].endswith("早于开始日期 2026年4月1日")
    assert "我刚写的名称" in page
    assert "2026-3-1" in page
    assert not draft.phases.filter(name="我刚写的名称").exists()


def test_an_unreadable_number_and_date_are_told_in_words(as_post, draft, city_reviewer):
    client, url = as_post(city_reviewer), edit_url(draft, "duty_rules")
    answer = client.post(url, as_sent(client, url) | {"rows-0-due_on": "三月底", "rows-1-times": "几次"})
    errors = [form.errors for form in answer.context["formset"].forms]
    assert errors[0]["due_on"] == ["请填写日期，如 2025-3-26 或 2025年3月26日"]
    assert "times" in errors[1]


def test_a_stale_page_shows_what_somebody_else_saved_and_keeps_what_was_typed(as_post, draft, city_reviewer):
    client, url = as_post(city_reviewer), edit_url(draft, "help")
    mine, theirs = as_sent(client, url), as_sent(client, url)
    client.post(url, theirs | {"rows-0-text": "别人改的"})
    answer = client.post(url, mine | {"rows-1-text": "我改的"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "已被他人修改" in page and "别人改的" in page and "我改的" in page
    assert (
        client.post(
            url, mine | {"rows-1-text": "我改的", "_version": str(answer.context["version"])}
        ).status_code
        == 302
    )
    assert PARTS["help"].rows(draft)[1].text == "我改的"


def test_the_check_speaks_while_typing_and_saves_nothing(as_post, draft, city_reviewer):
    client = as_post(city_reviewer)
    data = as_sent(client, edit_url(draft, "phases")) | {"rows-0-ends_on": "2026-1-1"}
    page = client.post(reverse("schemes:check", args=[draft.uid, "phases"]), data).content.decode()
    assert "早于开始日期" in page
    assert 'href="#id_rows-0-ends_on"' in page
    assert draft.phases.first().ends_on == date(YEAR, 3, 31)


def test_the_check_previews_the_days_of_the_duties(as_post, draft, city_reviewer):
    client = as_post(city_reviewer)
    data = as_sent(client, edit_url(draft, "duty_rules"))
    data["rows-2-due_on"] = "2026-3-28"
    page = client.post(reverse("schemes:check", args=[draft.uid, "duty_rules"]), data).content.decode()
    assert "2026年3月28日" in page
    assert "方案执行时产生：1 个单位各一项" in page


def test_head_values_are_changed_and_wrong_ones_told(as_post, draft, city_reviewer):
    client, url = as_post(city_reviewer), edit_url(draft, "head")
    form = client.get(url).context["form"]
    data = {field.html_name: field.value() for field in form if field.value() is not None}
    data |= {"reminder_days": "10、5，1", "satisfied_options": "满意", "survey_base_on": "2026-3-1"}
    data["_version"] = str(draft.version)
    assert client.post(url, data | {"pass_line": "很高"}).status_code == 422
    assert client.post(url, data | {"pass_line": "85"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.reminder_days, draft.satisfied_options, draft.pass_line) == ([10, 5, 1], ["满意"], 85)


def test_the_start_page_says_exactly_what_will_happen_and_then_it_happens(
    as_post, other_county, draft, city_reviewer
):
    client, url = as_post(city_reviewer), reverse("duties:start", args=[draft.uid])
    page = client.get(url)
    announced = page.context["count"]
    assert "2 个单位各一项" in page.content.decode()
    draft.refresh_from_db()
    answer = client.post(url, {"_version": str(draft.version)}, follow=True)
    assert f"产生 {announced} 项时限任务" in answer.content.decode()
    assert Duty.objects.filter(scheme=draft).count() == announced == 5


def test_starting_a_scheme_with_an_error_is_refused_with_its_words(as_post, draft, city_reviewer):
    draft.quotas.all().delete()
    client, url = as_post(city_reviewer), reverse("duties:start", args=[draft.uid])
    answer = client.post(url, {"_version": str(draft.version)})
    assert answer.status_code == 422
    assert "倒排按比例须至少设一个比例" in answer.content.decode()
    assert not Duty.objects.exists()


def test_in_force_a_change_needs_a_reason_and_is_listed(as_post, scheme, city_reviewer):
    client, url = as_post(city_reviewer), edit_url(scheme, "quotas")
    data = as_sent(client, url) | {"rows-0-percent": "12"}
    assert client.post(url, data | {"reason": " "}).status_code == 422
    answer = client.post(url, data | {"reason": "市委会议决定"}, follow=True).content.decode()
    assert "不低于（%）：10" in answer and "不低于（%）：12" in answer and "市委会议决定" in answer


def test_in_force_duty_dates_are_amended_by_the_room_that_moves_the_duties(
    as_post, county, scheme, city_reviewer
):
    client = as_post(city_reviewer)
    url = client.get(edit_url(scheme, "duty_rules"))["Location"]
    rules = list(scheme.duty_rules.all())
    check = next(number for number, rule in enumerate(rules) if rule.key == "city_check")
    data = as_sent(client, url) | {f"rows-{check}-due_on": "2026-12-20", "reason": "提前检查"}
    assert client.post(url, data).status_code == 302
    assert Duty.objects.open().get(key="city_check").due_on == date(YEAR, 12, 20)


def test_the_pages_do_not_ask_the_database_for_each_row(
    as_post, scheme, city_reviewer, django_assert_max_num_queries
):
    client = as_post(city_reviewer)
    for address in (reverse("schemes:list"), scheme.get_absolute_url()):
        client.get(address)
        with django_assert_max_num_queries(45):
            client.get(address)
