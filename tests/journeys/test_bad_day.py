"""A bad day at the office, by HTTP: strangers' addresses, double clicks, two at once, broken files, a lost session."""

import io
import json
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import SubmissionKey
from accounts.roles import Role
from organizations import tasks
from organizations.models import ImportBatch, Organization
from rectification.acceptance import actions as acceptance
from rectification.acceptance.gate_rules import KEYS
from rectification.duties.models import Duty
from rectification.evidence import actions as evidence
from rectification.filings import actions as filings
from rectification.remediation import plan_actions, problem_actions
from rectification.remediation.models import Measure, Plan, Problem
from rectification.reviews.models import Review
from rectification.survey import actions as survey
from reports.ledgers import LEDGERS, Selection
from reports.sheet import live
from tests.cast import NOW, PASSWORD, TODAY, YEAR, post_at
from tests.journeys.office import said

pytestmark = pytest.mark.django_db
WORDS = {"situation": "党员46名", "goal": "恢复正常", "steps": "三步走", "safeguards": "书记负总责"}
MEASURE = {
    "text": "每月开一次主题党日",
    "goal": "全年十二次",
    "leader": "甲",
    "unit": "镇党委",
    "person": "乙",
    "requirement": "",
    "starts_on": TODAY,
    "due_on": TODAY + timedelta(days=30),
    "collective_economy": False,
}


@pytest.fixture
def planned(case, township_officer):
    """The case with a problem, a measure and a whole plan, not sent yet."""
    now = {"by": township_officer, "at": NOW}
    problem = problem_actions.save_problem(case_id=case.pk, text="组织生活不正常", criterion=None, **now)
    problem_actions.save_measure(problem_id=problem.pk, **MEASURE, **now)
    plan_actions.save_plan(case_id=case.pk, version=1, **WORDS, **now)
    return case


@pytest.fixture
def busy(planned, township_officer, county_officer, scheme, county):
    """The same case well under way: whatever has an address, by the name of its route."""
    plan = plan_actions.submit_plan(case_id=planned.pk, version=None, by=township_officer, at=NOW)
    plan_actions.pass_plan(review_id=plan.review_id, by=county_officer, at=NOW)
    sheet = live(
        LEDGERS["work"], Selection(township_officer, township_officer.organization, YEAR, {}), today=TODAY
    )
    content = sheet.content()
    filing = filings.submit(
        ledger="work",
        title=content["title"],
        organization=township_officer.organization,
        year=YEAR,
        content=content,
        by=township_officer,
        at=NOW,
    )
    held = survey.open_survey(scheme=scheme, holder=county, by=county_officer, at=NOW)
    file = evidence.store(
        case_id=planned.pk,
        upload=io.BytesIO("会议记录".encode()),
        name="记录.txt",
        by=township_officer,
        at=NOW,
    )
    reasons = dict.fromkeys(KEYS, "先行验收")
    asked = acceptance.ask(case_id=planned.pk, by=township_officer, at=NOW, reasons=reasons)
    return _addresses(planned, plan, filing, held, file, asked)


def _addresses(case, plan, filing, held, file, asked):
    measure = Measure.objects.get()
    return {
        "remediation:case": case.uid,
        "remediation:plan": case.uid,
        "remediation:problems": case.uid,
        "remediation:plan_review": plan.review.uid,
        "remediation:plan_decide": plan.review.uid,
        "remediation:problem_edit": measure.problem.uid,
        "remediation:problem_return": measure.problem.uid,
        "remediation:measure": measure.uid,
        "remediation:measure_done": measure.uid,
        "remediation:measure_cancel": measure.uid,
        "remediation:member_add": case.uid,
        "duties:detail": Duty.objects.get(key="measure").uid,
        "duties:extend": Duty.objects.get(key="measure").uid,
        "filings:detail": filing.uid,
        "filings:decide": filing.uid,
        "survey:grid": held.uid,
        "survey:ranking": held.uid,
        "survey:freeze": held.uid,
        "evidence:files": case.uid,
        "evidence:download": file.uid,
        "acceptance:case": case.uid,
        "acceptance:sign": asked.uid,
        "acceptance:send_back": asked.uid,
        "organizations:detail": case.organization.uid,
        "organizations:edit": case.organization.uid,
    }


def test_another_countys_addresses_are_as_if_absent_all_along_the_way(as_post, busy, other_county_officer):
    stranger = as_post(other_county_officer)
    before = {
        model: list(model.objects.order_by("pk").values()) for model in (Plan, Problem, Measure, Review, Duty)
    }
    for name, uid in busy.items():
        address, absent = reverse(name, args=[uid]), reverse(name, args=[uuid.uuid4()])
        for send in (stranger.get, stranger.post):
            answer, nothing = send(address), send(absent)
            assert answer.status_code == nothing.status_code, (name, send)
            assert answer.status_code in (404, 405), (name, send, answer.status_code)
    assert {model: list(model.objects.order_by("pk").values()) for model in before} == before


def test_the_county_itself_reaches_every_one_of_them(as_post, busy, county_officer):
    """The planted fault of the test above: with the right county the same addresses are there."""
    page = as_post(county_officer)
    for name, uid in busy.items():
        assert page.get(reverse(name, args=[uid])).status_code in (200, 302, 405), name


def test_a_double_click_on_submit_makes_one(as_post, planned, township_officer):
    page, address = as_post(township_officer), reverse("remediation:plan", args=[planned.uid])
    sent = {**WORDS, "_key": str(uuid.uuid4()), "_version": "2", "do": "submit"}
    first, second = page.post(address, sent), page.post(address, sent)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Review.objects.count() == 1 and Review.objects.get().round == 1
    assert "没有重复处理" in said(page.get(second["Location"]))


def test_a_double_click_on_a_new_measure_makes_one(as_post, planned, township_officer):
    address = reverse("remediation:measure_add", args=[Problem.objects.get().uid])
    sent = {**MEASURE, "starts_on": "2026-5-20", "due_on": "2026-8-1", "_key": str(uuid.uuid4())}
    del sent["collective_economy"]
    page = as_post(township_officer)
    for _click in range(3):
        assert page.post(address, sent).status_code == 302
    assert Measure.objects.count() == 2
    assert SubmissionKey.objects.filter(key=sent["_key"]).count() == 1


def test_two_officers_on_the_same_case_see_both_versions(as_post, planned, township, township_officer):
    colleague = post_at(township, Role.TOWNSHIP_OFFICER, "zhen9")
    address = reverse("remediation:plan", args=[planned.uid])
    one, two = as_post(township_officer), as_post(colleague)
    assert one.post(address, {**WORDS, "goal": "先保存的目标", "_version": "2"}).status_code == 302
    late = two.post(address, {**WORDS, "goal": "后保存的目标", "_version": "2"})
    assert late.status_code == 422
    text = late.content.decode()
    assert "已被他人修改" in text and "先保存的目标" in text and "后保存的目标" in text
    assert Plan.objects.get().goal == "先保存的目标"
    assert two.post(address, {**WORDS, "goal": "后保存的目标", "_version": "3"}).status_code == 302
    assert Plan.objects.get().goal == "后保存的目标"


def test_a_broken_divisions_file_writes_nothing_and_names_its_lines(tmp_path, village):
    before = list(Organization.objects.values())
    file = tmp_path / "divisions.csv"
    lines = [
        "code,name,level,parent_code",
        "98,某省,province,",
        "9801,某市,city,98",
        "980101,某县,county,9802",
    ]
    file.write_text(
        "\n".join([*lines, "98010,某某,township,980101", '980102,"引号,county,9801']), encoding="utf-8"
    )
    with pytest.raises(CommandError) as refused:
        call_command("import_divisions", str(file), stdout=StringIO())
    text = str(refused.value)
    assert "第 4 行" in text and "第 5 行" in text and "没有写入任何内容" in text
    assert list(Organization.objects.values()) == before


@pytest.mark.parametrize("content", [b"not a workbook", b"PK\x03\x04" + b"\x00" * 200])
def test_a_broken_workbook_writes_nothing_and_says_so(as_post, township_officer, village, content):
    before = list(Organization.objects.values())
    address = reverse("organizations:roster", args=[township_officer.organization.uid])
    page = as_post(township_officer)
    answer = page.post(address, {"file": SimpleUploadedFile("名册.xlsx", content)})
    if answer.status_code == 302:
        batch = ImportBatch.objects.get()
        tasks.read_roster(batch.pk)
        answer = page.get(answer["Location"])
        applied = page.post(reverse("organizations:batch_apply", args=[batch.uid]))
        assert applied.status_code == 302
    words = said(answer)
    assert any(word in words for word in ("不是", "损坏", "打不开", "读不了", "不能")), words
    assert list(Organization.objects.values()) == before


def test_a_session_lost_in_the_middle_of_a_form_keeps_the_words(planned, township_officer, clock):
    user = township_officer.user
    user.set_password(PASSWORD)
    user.save()
    page = Client()
    page.post(reverse("accounts:sign_in"), {"username": user.username, "password": PASSWORD})
    address, draft = reverse("remediation:plan", args=[planned.uid]), "/drafts/?key=plan"
    sent = {**WORDS, "goal": "写了一半的目标", "_version": "2", "_key": str(uuid.uuid4())}
    kept = page.post(draft, json.dumps(sent), content_type="application/json")
    assert kept.status_code == 200
    clock.shift(timedelta(minutes=21))
    script = page.post(address, sent, headers={"X-Requested-With": "fetch"})
    assert script.status_code == 401 and "重新登录" in script.json()["error"]
    plain = page.post(address, sent)
    assert plain.status_code == 302 and plain["Location"].startswith("/sign-in/")
    assert Plan.objects.get().goal == WORDS["goal"]
    page.post(reverse("accounts:sign_in"), {"username": user.username, "password": PASSWORD})
    assert page.get(draft).json()["data"]["goal"] == "写了一半的目标"
    assert page.post(address, sent).status_code == 302
    assert Plan.objects.get().goal == "写了一半的目标"
