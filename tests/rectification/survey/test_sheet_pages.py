"""The survey's pages as officers use them: scope, saving, pasting, sending up, the list and the decision."""

import json
import uuid

from django.urls import reverse

from organizations import acting
from organizations.reach import EVERYTHING
from rectification.survey import actions
from rectification.survey.models import Survey, SurveyState
from tests import cast


def url(name, one, **query):
    address = reverse(f"survey:{name}", args=[one.uid])
    return f"{address}?{'&'.join(f'{k}={v}' for k, v in query.items())}" if query else address


def send(client, year, *rows):
    """Autosave rows: (assessment, points) or (assessment, points, words)."""
    body = {
        "rows": [
            {
                "uid": str(one.uid),
                "version": one.version,
                "points": points,
                "words": dict.fromkeys(points, ""),
            }
            for one, points in rows
        ]
    }
    return client.post(url("save", year.survey), json.dumps(body), content_type="application/json")


# --- the list by post ------------------------------------------------------------------------------------------


def test_the_county_opens_its_survey_from_the_list(as_post, scheme, villages, county_officer):
    client = as_post(county_officer)
    page = client.get(reverse("survey:list"))
    assert "开展2026年摸排" in page.content.decode()
    answer = client.post(reverse("survey:open"), {"base_on": "2026-5-1"}, follow=True)
    assert "纳入基层党组织 12 个" in answer.content.decode()
    assert Survey.objects.get().base_on.day == 1


def test_a_double_click_opens_one_survey(as_post, scheme, villages, county_officer):
    client, key = as_post(county_officer), str(uuid.uuid4())
    for _ in range(2):
        client.post(reverse("survey:open"), {"base_on": "2026-5-1", "_key": key})
    assert Survey.objects.count() == 1


def test_a_wrong_base_date_comes_back_with_what_was_typed(as_post, scheme, villages, county_officer):
    answer = as_post(county_officer).post(reverse("survey:open"), {"base_on": "五月"})
    assert answer.status_code == 422
    assert "五月" in answer.content.decode() and "请填写日期" in answer.content.decode()


def test_the_city_sees_every_county_surveyed_or_not(as_post, year, city_reviewer, other_county):
    text = as_post(city_reviewer).get(reverse("survey:list")).content.decode()
    assert "青禾县" in text and "东陵县" in text
    assert "未开展" in text and "0／2" in text


def test_the_countys_list_names_each_townships_progress(as_post, year, township_officer):
    actions.submit_township(survey_id=year.survey.pk, by=township_officer, at=cast.NOW)
    text = as_post(year.officer).get(reverse("survey:list")).content.decode()
    assert "白岩乡还没有提交评分" in text
    assert "已提交" in text


def test_a_township_goes_straight_to_its_sheet(as_post, year, township_officer):
    answer = as_post(township_officer).get(reverse("survey:list"), follow=True)
    text = answer.content.decode()
    assert "石桥村" in text and "新石桥村" not in text


# --- the sheet -------------------------------------------------------------------------------------------------


def test_a_row_is_saved_as_it_is_typed(as_post, year, township_officer):
    answer = send(as_post(township_officer), year, (year.row("石桥村"), {"1": "５", "4": "2.5"})).json()
    assert answer["rows"][0] | {"uid": ""} == {
        "uid": "",
        "saved": True,
        "version": 2,
        "score": "92.5",
        "deducted": "7.5",
    }


def test_saving_the_same_again_is_harmless(as_post, year, township_officer):
    client, row = as_post(township_officer), year.row("石桥村")
    for _ in range(2):
        answer = send(client, year, (row, {"1": "5"})).json()["rows"][0]
    assert (answer["saved"], answer["version"]) == (True, 2)


def test_text_for_a_number_names_village_and_criterion_and_the_others_are_saved(
    as_post, year, township_officer
):
    rows = (year.row("石桥村"), {"1": "很差"}), (year.row("枫林村"), {"1": "3"})
    first, second = send(as_post(township_officer), year, *rows).json()["rows"]
    assert first["errors"]["1"].startswith("石桥村①") and "“很差”不是数字" in first["errors"]["1"]
    assert second["saved"]


def test_a_stale_row_shows_what_stands_now(as_post, year, township_officer):
    opened = year.row("石桥村")
    year.score("石桥村", c1=5)
    answer = send(as_post(township_officer), year, (opened, {"1": "2"})).json()["rows"][0]
    assert not answer["saved"]
    assert answer["stale"] == "①5，得分 95" and answer["now"]["1"]["points"] == "5"
    assert year.row("石桥村").score == 95


def foreign_among_own(client, year):
    rows = [(year.row("石桥村"), {"1": "5"}), (year.row("新石桥村"), {"1": "5"})]
    return send(client, year, *rows).status_code, year.row("石桥村").deducted


def test_another_townships_row_among_the_own_is_404_and_nothing_is_saved(as_post, year, township_officer):
    assert foreign_among_own(as_post(township_officer), year) == (404, 0)


def test_the_scope_test_sees_a_planted_hole(as_post, year, township_officer, monkeypatch):
    from rectification.survey.models import AssessmentQuerySet

    monkeypatch.setattr(AssessmentQuerySet, "visible_to", lambda rows, post: rows)
    monkeypatch.setattr(acting, "reach_of", lambda post: EVERYTHING)  # else the second wall hides the hole
    assert foreign_among_own(as_post(township_officer), year) != (404, 0)


def test_another_countys_officer_sees_nothing_of_it(as_post, year, other_county_officer):
    client = as_post(other_county_officer)
    for name in ("grid", "ranking", "submit"):
        assert client.get(url(name, year.survey)).status_code == 404
    assert send(client, year, (year.row("石桥村"), {"1": "5"})).status_code == 404
    assert client.post(url("freeze", year.survey)).status_code == 404


def test_another_townships_sheet_is_404(as_post, year, township_officer, other_township):
    client = as_post(township_officer)
    for name in ("grid", "submit"):
        assert client.get(url(name, year.survey, township=other_township.uid)).status_code == 404
    assert client.get(url("grid", year.survey, township="x")).status_code == 404


def test_nonsense_sent_to_the_save_address_is_refused_in_words(as_post, year, township_officer):
    client = as_post(township_officer)
    for body in ("", "[]", '{"rows": 3}', '{"rows": [{"uid": "x"}]}', '{"rows": [5]}'):
        answer = client.post(url("save", year.survey), body, content_type="application/json")
        assert answer.status_code == 400 and "没有看懂" in answer.json()["error"]


def test_without_script_the_sheet_is_an_ordinary_form(as_post, year, township_officer):
    client, good, bad = as_post(township_officer), year.row("石桥村"), year.row("枫林村")
    data = {
        f"p-{good.uid}-1": "5",
        f"w-{good.uid}-1": "村委会主任空缺 8 个月",
        f"v-{good.uid}": 1,
        f"p-{bad.uid}-1": "十五",
        f"v-{bad.uid}": 1,
    }
    answer = client.post(url("grid", year.survey), data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "枫林村①" in text and 'value="十五"' in text
    assert year.row("石桥村").findings.get().words == "村委会主任空缺 8 个月"


def test_a_village_reads_its_own_row_and_cannot_change_it(as_post, year, villages):
    from accounts.roles import Role

    year.score("石桥村", c1=5)
    year.score("枫林村", c1=6)
    client = as_post(cast.post_at(villages[0], Role.VILLAGE_REPORTER, "cunzhang"))
    text = client.get(url("grid", year.survey), follow=True).content.decode()
    assert "石桥村的表现" in text and "枫林村" not in text and "<input id=" not in text
    row = year.row("石桥村")
    answer = client.post(url("grid", year.survey), {f"p-{row.uid}-1": "0", f"v-{row.uid}": row.version})
    assert answer.status_code == 422
    assert year.row("石桥村").deducted == 5


# --- pasting ---------------------------------------------------------------------------------------------------


def lay(client, year, text, row="", column=""):
    body = json.dumps({"text": text, "row": row, "column": column})
    return client.post(url("paste", year.survey), body, content_type="application/json").json()


def test_a_block_from_excel_is_laid_by_the_villages_names(as_post, year, township_officer):
    cells = lay(as_post(township_officer), year, "枫林村\t5\t3\n石桥村\t2\t")["cells"]
    assert cells[str(year.row("枫林村").uid)] == {"1": "5", "2": "3"}


def test_text_in_a_block_names_row_and_column_and_nothing_is_laid(as_post, year, township_officer):
    answer = lay(as_post(township_officer), year, "5\t3\n2\t差", column="2")
    assert answer["cells"] == {}
    assert answer["errors"][0].startswith("第 2 行（枫林村）③")


def test_a_block_too_wide_keeps_what_was_pasted(as_post, year, township_officer):
    block = "\t".join("123456789") + "\t1\t2"
    answer = as_post(township_officer).post(url("grid", year.survey), {"block": block})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "有 11 列，从①" in text and block in text


def test_a_block_sent_without_script_is_saved(as_post, year, township_officer):
    answer = as_post(township_officer).post(url("grid", year.survey), {"block": "枫林村\t5\t3\n石桥村\t2\t"})
    assert answer.status_code == 302
    assert (year.row("枫林村").score, year.row("石桥村").score) == (92, 98)


# --- sending up ------------------------------------------------------------------------------------------------


def test_the_township_proposes_and_submits_and_the_county_returns_it(
    as_post, year, township_officer, township
):
    row = year.score("石桥村", c1=5)
    client = as_post(township_officer)
    assert "石桥村" in client.get(url("submit", year.survey)).content.decode()
    answer = client.post(url("submit", year.survey), {"proposed": [str(row.uid)]}, follow=True)
    assert "评分已提交" in answer.content.decode()
    assert year.row("石桥村").township_proposes
    answer = as_post(year.officer).post(
        url("return_sheet", year.survey), {"township": str(township.uid), "reason": "④漏评"}, follow=True
    )
    assert "已退回柳溪镇的评分" in answer.content.decode()
    assert "④漏评" in client.get(url("grid", year.survey)).content.decode()


def test_a_hard_match_not_proposed_keeps_the_typed_reasons_of_the_others(as_post, year, township_officer):
    year.scheme.criteria.filter(order=3).update(hard=True)
    hard, other = year.score("石桥村", c3=1), year.score("枫林村", c1=2)
    answer = as_post(township_officer).post(url("submit", year.survey), {f"reason-{other.uid}": "已整改到位"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "“柳溪镇石桥村”符合硬性情形" in text and "已整改到位" in text
    assert not year.row(hard.organization.short_name).township_proposes


def test_a_row_of_another_township_cannot_be_proposed(as_post, year, township_officer):
    foreign = year.row("新石桥村")
    answer = as_post(township_officer).post(url("submit", year.survey), {"proposed": [str(foreign.uid)]})
    assert answer.status_code == 404


def test_freezing_too_early_names_who_is_missing_and_takes_a_reason(as_post, year):
    client = as_post(year.officer)
    answer = client.post(url("freeze", year.survey))
    assert answer.status_code == 422 and "柳溪镇、白岩乡还没有提交评分" in answer.content.decode()
    client.post(url("freeze", year.survey), {"reason": "按市里时限先行封存"})
    year.survey.refresh_from_db()
    assert year.survey.state == SurveyState.FROZEN
