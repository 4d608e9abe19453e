"""The survey's pages as officers use them: scope, the ranking, the list and the decision."""

import uuid

import pytest
from django.urls import reverse

from rectification.cases.models import Case
from rectification.survey import actions
from rectification.survey.models import Assessment
from tests import cast


def url(name, one, **query):
    address = reverse(f"survey:{name}", args=[one.uid])
    return f"{address}?{'&'.join(f'{k}={v}' for k, v in query.items())}" if query else address


# --- the list and the decision ---------------------------------------------------------------------------------


@pytest.fixture
def ranked(year):
    """Frozen: 石桥村 first, 新枫林村 second, 上塘村 below the line."""
    for name, points in (("石桥村", 9), ("新枫林村", 8), ("上塘村", 2)):
        year.score(name, c1=points)
    year.close_scoring()
    return year


def choice(year, *names, **more):
    rows = [year.row(name) for name in names]
    return {"chosen": [str(row.uid) for row in rows]} | more


def test_the_ranking_draws_the_line_and_ticks_by_the_rule(as_post, ranked):
    text = as_post(ranked.officer).get(url("ranking", ranked.survey)).content.decode()
    assert text.count("checked") == 2
    assert text.index("新枫林村") < text.index("比例线：应定不少于 2 个") < text.index("上塘村")
    assert "符合一个认定一个" in text


def test_from_ranking_to_cases_by_the_pages(as_post, ranked):
    client = as_post(ranked.officer)
    answer = client.post(url("propose", ranked.survey), choice(ranked, "石桥村", "新枫林村"))
    ranked.survey.refresh_from_db()
    review = ranked.survey.review
    assert answer["Location"] == url("determination", review)
    data = {"body": "县委常委会", "decided_on": "2026年5月19日", "document": "青常纪〔2026〕6号"}
    answer = client.post(url("determination", review), data)
    assert answer.status_code == 302
    assert Case.objects.count() == 2


def test_too_few_come_back_with_the_ticks_as_they_were(as_post, ranked):
    data = choice(ranked, "石桥村", tie_reason="说明一下")
    answer = as_post(ranked.officer).post(url("propose", ranked.survey), data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "已列入拟整顿对象而未认定，须写明理由" in text
    assert text.count(" checked") == 1 and "说明一下" in text


def test_a_list_with_another_countys_organization_is_404(as_post, ranked):
    data = {"chosen": [str(ranked.row("石桥村").uid), str(uuid.uuid4())]}
    assert as_post(ranked.officer).post(url("propose", ranked.survey), data).status_code == 404


def test_a_double_click_sends_the_list_once(as_post, ranked):
    client, key = as_post(ranked.officer), str(uuid.uuid4())
    for _ in range(2):
        client.post(url("propose", ranked.survey), choice(ranked, "石桥村", "新枫林村", _key=key))
    ranked.survey.refresh_from_db()
    assert ranked.survey.review.round == 1


def test_a_returned_list_says_why_and_is_sent_again(as_post, ranked):
    client = as_post(ranked.officer)
    review = ranked.propose("石桥村", "新枫林村")
    client.post(url("return_list", review), {"reason": "请核实新枫林村的信访件"})
    assert "请核实新枫林村的信访件" in client.get(url("ranking", ranked.survey)).content.decode()
    data = choice(ranked, "石桥村", "新枫林村", "上塘村")
    client.post(url("propose", ranked.survey), data)
    text = client.get(url("determination", review)).content.decode()
    row = text[text.index("柳溪镇上塘村") :]
    assert "新列入" in row[: row.index("</tr>")]


def test_a_return_without_reason_is_refused(as_post, ranked):
    review = ranked.propose("石桥村", "新枫林村")
    answer = as_post(ranked.officer).post(url("return_list", review), {"reason": ""})
    assert answer.status_code == 422


def test_a_decision_without_date_keeps_what_was_typed(as_post, ranked):
    review = ranked.propose("石桥村", "新枫林村")
    answer = as_post(ranked.officer).post(
        url("determination", review), {"body": "县委常委会", "document": "6号"}
    )
    assert answer.status_code == 422 and 'value="6号"' in answer.content.decode()
    assert not Case.objects.exists()


def test_the_city_reads_the_ranking_and_decides_nothing(as_post, ranked, city_reviewer):
    review = ranked.propose("石桥村", "新枫林村")
    client = as_post(city_reviewer)
    assert 'name="chosen"' not in client.get(url("ranking", ranked.survey)).content.decode()
    answer = client.post(
        url("determination", review), {"body": "x", "decided_on": "2026-5-19", "document": "x"}
    )
    assert answer.status_code == 422 and not Case.objects.exists()


# --- size ------------------------------------------------------------------------------------------------------


def queries(client, address, django_assert_max_num_queries, most):
    client.get(address)  # the session and its post are read once
    with django_assert_max_num_queries(most):
        assert client.get(address).status_code == 200


def grow(year, unit, count):
    for number in range(count):
        cast.village_in(unit, f"第{number}村委会", f"{unit.code}8{number:03}")
    actions.refresh(survey_id=year.survey.pk, by=year.officer, at=cast.NOW)


def test_pages_ask_the_same_number_of_queries_however_many_villages(
    as_post, year, township, township_officer, city_reviewer, django_assert_max_num_queries
):
    grow(year, township, 40)
    for name in ("石桥村", "枫林村", "新石桥村", "第3村", "第4村"):
        year.score(name, c1=5, c4=2)
    queries(as_post(township_officer), url("grid", year.survey), django_assert_max_num_queries, 25)
    queries(as_post(year.officer), url("ranking", year.survey), django_assert_max_num_queries, 25)
    queries(as_post(year.officer), reverse("survey:list"), django_assert_max_num_queries, 30)
    queries(as_post(city_reviewer), reverse("survey:list"), django_assert_max_num_queries, 25)
    assert Assessment.objects.of(year.survey).count() == 52
