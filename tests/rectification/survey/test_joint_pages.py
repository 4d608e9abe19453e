"""The joint review's pages as a department and as the county use them."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import Role
from rectification.survey import joint_review
from rectification.survey.joint_models import JointReview, Opinion
from tests import cast
from tests.rectification.survey.chains import JOINT, MEETING, on_its_way

LATER = cast.TODAY + timedelta(days=5)


@pytest.fixture
def discipline(county):
    return cast.post_at(county, Role.DEPARTMENT, "jiwei", department="县纪委监委")


@pytest.fixture
def joint(year, discipline):
    on_its_way(year, JOINT, MEETING)
    return joint_review.ask(
        survey_id=year.survey.pk,
        names=["县纪委监委", "县信访局"],
        answer_by_on=LATER,
        by=year.officer,
        at=cast.NOW,
    )


def url(name, one):
    return reverse(f"survey:{name}", args=[one.uid])


def text(response):
    return response.content.decode()


def test_a_department_sees_names_and_findings_but_no_score_rank_or_others_opinion(
    as_post, year, joint, discipline
):
    asked = joint.asked.get(name="县信访局")
    joint_review.give_on_paper(
        joint_id=joint.pk,
        asked_id=asked.pk,
        answers={str(year.row("石桥村").uid): ("objects", "另一部门的秘密理由")},
        given_on=cast.TODAY,
        by=year.officer,
        at=cast.NOW,
    )
    page = text(as_post(discipline).get(url("joint_review", joint)))
    assert "柳溪镇石桥村" in page and "石桥村的表现" in page
    assert "另一部门的秘密理由" not in page and "得分" not in page and "倒排" not in page


def test_a_department_reaches_nothing_else_of_the_survey(as_post, year, joint, discipline):
    client = as_post(discipline)
    assert client.get(reverse("survey:list")).status_code == 403
    assert client.get(url("ranking", year.survey)).status_code == 403
    assert client.get(url("determination", year.survey.review)).status_code == 403
    assert client.get(reverse("survey:joint_reviews")).status_code == 200


def test_a_department_that_was_not_asked_gets_404(as_post, joint, county):
    stranger = cast.post_at(county, Role.DEPARTMENT, "minzheng", department="县民政局")
    assert as_post(stranger).get(url("joint_review", joint)).status_code == 404
    assert as_post(stranger).post(url("joint_review", joint), {"rest": "1"}).status_code == 404


def test_the_workbench_leads_a_department_to_its_page(as_post, joint, discipline):
    page = text(as_post(discipline).get(reverse("reports:workbench")))
    assert "对 2 个拟整顿对象反馈意见" in page and reverse("survey:joint_reviews") in page


def test_one_objection_and_the_rest_without_objection_in_one_go(as_post, year, joint, discipline):
    uid = year.row("石桥村").uid
    given = {f"stance-{uid}": "objects", f"reason-{uid}": "有案件正在核查", "rest": "1"}
    answer = as_post(discipline).post(url("joint_review", joint), given)
    assert answer.status_code == 302
    assert sorted(Opinion.objects.values_list("stance", flat=True)) == ["agrees", "objects"]


def test_a_double_click_gives_the_opinions_once(as_post, joint, discipline):
    client, key = as_post(discipline), str(uuid.uuid4())
    for _ in range(2):
        client.post(url("joint_review", joint), {"rest": "1", "_key": key})
    assert Opinion.objects.count() == 2


def test_an_objection_without_reason_comes_back_beside_its_candidate(as_post, year, joint, discipline):
    one, other = year.row("石桥村").uid, year.row("新枫林村").uid
    given = {f"stance-{one}": "objects", f"stance-{other}": "agrees", f"reason-{other}": "情况良好"}
    answer = as_post(discipline).post(url("joint_review", joint), given)
    assert answer.status_code == 422
    page = text(answer)
    assert f'id="error-{one}"' in page and "情况良好" in page and page.count(" checked") == 2
    assert not Opinion.objects.exists()


def test_the_county_asks_the_schemes_departments_and_others(as_post, year):
    on_its_way(year, JOINT, MEETING)
    year.scheme.items.create(kind="department", order=1, text="县纪委监委")
    client = as_post(year.officer)
    page = text(client.get(url("ask", year.survey)))
    assert "县纪委监委" in page
    given = {"named": ["县纪委监委"], "others": "县信访局\n县民政局", "answer_by_on": "2026年5月28日"}
    answer = client.post(url("ask", year.survey), given)
    joint = JointReview.objects.get()
    assert answer["Location"] == url("joint_review", joint)
    assert [one.name for one in joint.asked.all()] == ["县纪委监委", "县信访局", "县民政局"]


def test_a_wrong_date_keeps_the_departments_typed(as_post, year):
    on_its_way(year, JOINT, MEETING)
    given = {"others": "县信访局", "answer_by_on": "2026-5-1"}
    answer = as_post(year.officer).post(url("ask", year.survey), given)
    assert answer.status_code == 422 and "早于今天" in text(answer) and "县信访局" in text(answer)


def test_the_board_flags_a_department_without_anyone_to_answer(as_post, year, joint):
    page = text(as_post(year.officer).get(url("joint_review", joint)))
    assert page.count("未安排联络员") == 1


def test_the_county_enters_a_paper_with_its_scan(as_post, year, joint):
    address = url("joint_paper", joint) + "?department=县信访局"
    scan = SimpleUploadedFile("意见.pdf", b"%PDF-1.4 x", content_type="application/pdf")
    given = {"given_on": "2026-5-19", "upload": scan, "rest": "1"}
    answer = as_post(year.officer).post(address, given)
    assert answer.status_code == 302
    assert Opinion.objects.filter(on_paper=True, scan__name="意见.pdf", asked__name="县信访局").count() == 2


def test_from_objection_to_settlement_and_closing_by_the_pages(as_post, year, joint, discipline):
    uid = year.row("石桥村").uid
    given = {f"stance-{uid}": "objects", f"reason-{uid}": "有案件正在核查", "rest": "1"}
    as_post(discipline).post(url("joint_review", joint), given)
    client = as_post(year.officer)
    page = text(client.get(reverse("reports:workbench")))
    assert "有异议待研究 1 件" in page
    refused = client.post(url("joint_close", joint), {"silence_reason": "已催办"})
    assert refused.status_code == 422 and "有案件正在核查" in text(refused)
    empty = client.post(url("joint_settle", joint), {"candidate": uid, "how": "", "settled_on": ""})
    assert empty.status_code == 422
    client.post(
        url("joint_settle", joint), {"candidate": uid, "how": "核查后保留", "settled_on": "2026-5-20"}
    )
    closed = client.post(
        url("joint_close", joint), {"silence_reason": "已催办两次", "_version": str(joint.version)}
    )
    assert closed["Location"] == url("determination", year.survey.review)
    page = text(client.get(closed["Location"]))
    assert "研究处理：核查后保留" in page and "县委常委会审定" in page


def test_the_city_reads_the_board_and_does_nothing_there(as_post, joint, city_reviewer):
    client = as_post(city_reviewer)
    page = text(client.get(url("joint_review", joint)))
    assert "办结联审" not in page
    assert client.post(url("joint_close", joint), {}).status_code == 403


def test_another_county_gets_404(as_post, joint, other_county_officer):
    client = as_post(other_county_officer)
    for name in ("joint_review", "joint_paper"):
        assert client.get(url(name, joint)).status_code == 404
    for name in ("joint_close", "joint_settle", "joint_drop"):
        assert client.post(url(name, joint), {}).status_code == 404


def test_the_board_asks_the_same_number_of_queries_however_many_departments(
    as_post, year, joint, django_assert_max_num_queries
):
    client = as_post(year.officer)
    client.get(url("joint_review", joint))
    joint_review.ask(
        survey_id=year.survey.pk,
        names=[f"县第{number}局" for number in range(12)],
        answer_by_on=LATER,
        by=year.officer,
        at=cast.NOW,
    )
    with django_assert_max_num_queries(30):
        assert client.get(url("joint_review", joint)).status_code == 200
