"""What a place's practice says is edited, amended and read like the other parts; what cannot stand is told in place."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.urls import reverse

from rectification.schemes import actions
from rectification.schemes.head_rules import document_number, head_problems
from rectification.schemes.parts import PARTS
from rectification.schemes.practice_rules import (
    inspection_problems,
    repeated,
    target_problems,
    treatment_problems,
)
from rectification.schemes.rules import document_number_refusal
from tests.cast import NOW, YEAR
from tests.rectification.schemes.test_pages import as_sent, edit_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def meixian(county_officer):
    return actions.create_from_preset(
        preset_key="b_meixian_2023", issuer=county_officer.organization, year=YEAR, by=county_officer, at=NOW
    )


@pytest.fixture
def central(city_reviewer):
    return actions.create_from_preset(
        preset_key="e_central_2014", issuer=city_reviewer.organization, year=YEAR, by=city_reviewer, at=NOW
    )


@pytest.mark.parametrize("part", ["survey_forms", "targets", "inspection_rules", "leadership", "provision"])
def test_a_part_sent_back_unchanged_changes_nothing(as_post, meixian, county_officer, part):
    columns = PARTS[part].carried
    before = [{name: getattr(row, name) for name in columns} for row in PARTS[part].rows(meixian)]
    client, url = as_post(county_officer), edit_url(meixian, part)
    assert client.post(url, as_sent(client, url)).status_code == 302
    assert [{name: getattr(row, name) for name in columns} for row in PARTS[part].rows(meixian)] == before


def test_the_questions_of_a_survey_form_are_typed_one_a_line(as_post, meixian, county_officer):
    client, url = as_post(county_officer), edit_url(meixian, "survey_forms")
    data = as_sent(client, url) | {"rows-0-questions": "  第一问，含逗号 \r\n\r\n第二问\r\n"}
    assert client.post(url, data).status_code == 302
    (form,) = PARTS["survey_forms"].rows(meixian)
    assert form.questions == ["第一问，含逗号", "第二问"]
    assert form.key == "self_check"


def test_a_row_of_the_units_own_gets_a_key_nobody_types(as_post, meixian, county_officer):
    client, url = as_post(county_officer), edit_url(meixian, "targets")
    rows = len(PARTS["targets"].rows(meixian))
    data = as_sent(client, url) | {f"rows-{rows}-title": "慰问困难党员", f"rows-{rows}-unit": "次"}
    assert client.post(url, data).status_code == 302
    assert meixian.targets.get(title="慰问困难党员").key.startswith("own-")


def test_a_target_whose_most_is_below_its_least_is_told_at_the_field(as_post, meixian, county_officer):
    client, url = as_post(county_officer), edit_url(meixian, "targets")
    answer = client.post(url, as_sent(client, url) | {"rows-2-most": "1"})
    assert answer.status_code == 422
    assert "小于不少于 3" in answer.context["formset"].forms[2].errors["most"][0]
    assert meixian.targets.get(key="reserve_cadres").most == 5


def test_a_treatment_gets_its_day_and_must_be_for_a_criterion_there_is(as_post, central, city_reviewer):
    client, url = as_post(city_reviewer), edit_url(central, "treatment")
    data = as_sent(client, url)
    wrong = client.post(url, data | {"rows-1-criterion": "9"})
    assert "方案没有这一种情形" in wrong.context["formset"].forms[1].errors["criterion"][0]
    days = {f"rows-{number}-due_on": f"{YEAR}-6-30" for number in range(4)}
    assert client.post(url, data | days).status_code == 302
    assert central.gaps.get(part="treatment").filled_at is not None


def test_treatment_days_move_with_a_copy(central, city_reviewer):
    central.items.filter(kind="treatment").update(due_on=date(YEAR, 6, 30))
    copy = actions.copy(source=central, issuer=central.issuer, year=YEAR + 1, by=city_reviewer, at=NOW)
    assert {row.due_on for row in PARTS["treatment"].rows(copy)} == {date(YEAR + 1, 6, 30)}


def test_in_force_leadership_is_amended_with_a_reason_and_a_record(as_post, scheme, city_reviewer):
    client, url = as_post(city_reviewer), edit_url(scheme, "leadership")
    data = as_sent(client, url) | {"rows-0-text": "县市区委书记、区长", "reason": "市委明确"}
    page = client.post(url, data, follow=True).content.decode()
    assert "县市区委书记、区长" in page and "市委明确" in page


def test_the_page_names_who_is_responsible_and_the_national_types(as_post, scheme, city_reviewer):
    page = as_post(city_reviewer).get(scheme.get_absolute_url()).content.decode()
    assert "<strong>第一责任人：</strong>县市区委书记" in page
    assert "<div>5 换届拉票贿选突出</div><div>6 宗族宗教、黑恶势力干扰渗透</div>" in page
    assert "不对应" in page


def test_who_does_not_edit_is_spared_the_empty_parts(as_post, scheme, city_reviewer, township_officer):
    assert "方面和类型" in as_post(city_reviewer).get(scheme.get_absolute_url()).content.decode()
    assert "方面和类型" not in as_post(township_officer).get(scheme.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        "岳组发[2015]7号",
        "岳组发【2015】7号",
        "岳组发 (2015) 7 号",
        "岳组发〔２０１５〕７号",
        "岳组发（2015）7号",
    ],
)
def test_a_document_number_is_put_right(typed):
    assert document_number(typed) == "岳组发〔2015〕7号"
    assert document_number_refusal(document_number(typed)) is None


def test_a_wrong_document_number_is_told_at_its_field_and_a_right_one_converted(
    as_post, scheme, meixian, county_officer
):
    client, url = as_post(county_officer), edit_url(meixian, "head")
    form = client.get(url).context["form"]
    data = {field.html_name: field.value() for field in form if field.value() is not None}
    data["_version"] = str(meixian.version)
    wrong = client.post(url, data | {"document_number": "第7号"})
    assert wrong.status_code == 422
    assert "不加“第”字" in wrong.context["form"].errors["document_number"][0]
    assert client.post(url, data | {"document_number": "眉组发[2026]7号"}).status_code == 302
    meixian.refresh_from_db()
    assert meixian.document_number == "眉组发〔2026〕7号"


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"pass_line": 80, "basic_line": 90}, "basic_line"),
        ({"satisfaction_line": 101}, "satisfaction_line"),
        ({"dissatisfied_veto": -1}, "dissatisfied_veto"),
        ({"full_marks": 0}, "full_marks"),
        ({"reminder_days": [3, 3]}, "reminder_days"),
        ({"satisfied_options": ["满意"], "dissatisfied_options": ["满意"]}, "dissatisfied_options"),
        ({"satisfied_options": ["满意"], "other_options": ["满意"]}, "other_options"),
        ({"satisfaction_items": ["甲", "甲"]}, "satisfaction_items"),
    ],
)
def test_wrong_single_values_are_named_by_their_field(values, path):
    from decimal import Decimal

    given = {name: Decimal(value) if isinstance(value, int) else value for name, value in values.items()}
    assert [problem.path for problem in head_problems(given)] == [path]


def test_a_quota_over_a_hundred_and_a_field_twice_are_told_at_their_fields(as_post, scheme, city_reviewer):
    client, url = as_post(city_reviewer), edit_url(scheme, "quotas")
    data = as_sent(client, url) | {"reason": "调整"}
    answer = client.post(url, data | {"rows-0-percent": "101", "rows-1-fields": ["community", "village"]})
    errors = [form.errors for form in answer.context["formset"].forms]
    assert answer.status_code == 422
    assert "不超过 100%" in errors[0]["percent"][0]
    assert "重复设了比例" in errors[1]["fields"][0]


def test_points_left_out_and_a_criterion_said_twice_are_told_at_their_fields(
    as_post, meixian, county_officer
):
    client, url = as_post(county_officer), edit_url(meixian, "acceptance")
    data = as_sent(client, url)
    data["rows-1-text"], data["rows-2-points"] = data["rows-0-text"], ""
    answer = client.post(url, data)
    errors = [form.errors for form in answer.context["formset"].forms]
    assert answer.status_code == 422
    assert errors[1]["text"] == ["与第 1 条重复"]
    assert "标准分应大于 0" in errors[2]["points"][0]
    assert reverse("schemes:edit", args=[meixian.uid, "acceptance"]) == url


def test_the_rules_of_practice_speak_of_rows_still_being_typed():
    def row(**values):
        return SimpleNamespace(**({"text": "", "title": "", "criterion": None} | values))

    assert [one.path for one in repeated("help", [row(text="甲"), row(text="乙"), row(text="甲 ")])] == [
        "help.2.text"
    ]
    assert not list(repeated("phases", [row(title="甲"), row(title="甲")]))
    assert [one.path for one in treatment_problems([row(criterion=5)], [1, 2])] == ["treatment.0.criterion"]
    assert not list(target_problems([row(title="甲", least=None, most=None)]))
    assert [one.path for one in inspection_problems([row(title="甲", rhythm="count", times=0)])] == [
        "inspection_rules.0.times"
    ]


def test_a_starter_mark_goes_with_the_words_it_was_set_for_or_by_a_persons_word(
    as_post, meixian, county_officer
):
    client, url = as_post(county_officer), edit_url(meixian, "support")
    data = as_sent(client, url) | {"rows-0-text": "一名县委常委联系"}
    del data["rows-1-starter"]
    assert client.post(url, data).status_code == 302
    assert [row.starter for row in PARTS["support"].rows(meixian)] == [False, False, True, True]


def test_suggested_measures_come_with_their_criterion_and_are_edited_as_every_part(
    as_post, central, city_reviewer
):
    client, url = as_post(city_reviewer), edit_url(central, "starter")
    data = as_sent(client, url)
    wrong = client.post(url, data | {"rows-0-criterion": "9"})
    assert "方案没有这一种情形" in wrong.context["formset"].forms[0].errors["criterion"][0]
    assert client.post(url, data | {"rows-0-text": "一个月内配备到位"}).status_code == 302
    page = client.get(central.get_absolute_url()).content.decode()
    assert "一个月内配备到位" in page and "<strong>情形①：</strong>" in page
