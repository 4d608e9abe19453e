"""Inspections: who arranges them, who hears of them when, where their findings go."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.errors import Invalid, Refused, StaleVersion
from accounts.models import AuditEvent, Message
from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.evidence.models import Attachment
from rectification.supervision.inspections import actions, admission, result_actions
from rectification.supervision.inspections.models import (
    Inspection,
    InspectionFinding,
    InspectionResult,
    InspectionResultQuerySet,
)
from rectification.supervision.inspections.owed import arrangements
from rectification.supervision.inspections.result_actions import Written
from rectification.supervision.inspections.rules import Found
from tests.cast import NOW, TODAY, YEAR
from tests.conftest import make_case
from tests.rectification.supervision.inspection_steps import LIST, arrange, finish, held, pages_below, write
from tests.stage import on_stage


def form_of(*cases, **given):
    return {
        "kind": "inspection",
        "title": "暗访",
        "announced": "no",
        "starts_on": f"{TODAY:%Y-%m-%d}",
        "ends_on": f"{TODAY:%Y-%m-%d}",
        "how": "hand",
        "cases": [str(case.uid) for case in cases],
        **given,
    }


@on_stage
def other_case(scheme, other_village, county, county_officer):
    return make_case(scheme, other_village, county, county_officer)


def test_an_unannounced_inspection_is_nowhere_below_before_it_is_done(
    case, county_officer, township_officer, village_reporter, as_post
):
    before = Message.objects.count()
    as_post(county_officer).post(f"{LIST}add/", form_of(case))
    inspection = Inspection.objects.get()
    write(inspection, county_officer, "台账不实")
    below = pages_below(as_post, township_officer, village_reporter)
    below += as_post(township_officer).get(f"{case.get_absolute_url()}?tab=history").content.decode()
    assert "暗访" not in below and "台账不实" not in below
    assert Message.objects.count() == before
    trail = AuditEvent.objects.filter(action__contains="督导")
    assert trail and not any("石桥" in event.object or "暗访" in event.object for event in trail)
    result = inspection.results.get()
    client = as_post(township_officer)
    assert client.get(inspection.get_absolute_url()).status_code == 404
    assert client.get(result.get_absolute_url()).status_code == 404
    finish(inspection, county_officer)
    assert "台账不实" in client.get(result.get_absolute_url()).content.decode()
    assert "暗访" in client.get(LIST).content.decode()


def test_the_test_above_sees_a_planted_hole(case, county_officer, township_officer, as_post, monkeypatch):
    """The planted fault: whoever sees the case sees the inspection, done or not."""
    inspection = arrange(county_officer, case)
    result = inspection.results.get()
    monkeypatch.setattr(
        InspectionResultQuerySet,
        "visible_to",
        lambda rows, post: rows.filter(case__in=Case.objects.visible_to(post)),
    )
    assert as_post(township_officer).get(result.get_absolute_url()).status_code == 200


def test_an_announced_inspection_is_told_to_the_township_at_once(case, county_officer, township_officer):
    arrange(county_officer, case, announced=True)
    message = Message.objects.get(user=township_officer.user, title__contains="将督导")
    assert "石桥村" in message.title and message.url == case.get_absolute_url()


def test_a_foreign_countys_inspection_is_absent(case, county_officer, other_county_officer, as_post):
    inspection = arrange(county_officer, case)
    client = as_post(other_county_officer)
    result = inspection.results.get()
    for name, row in (
        ("inspection", inspection),
        ("inspection_draw", inspection),
        ("inspection_result", result),
    ):
        assert client.get(reverse(f"supervision:{name}", args=[row.uid])).status_code == 404


def test_who_inspects_is_data_of_the_scheme(case, scheme, township_officer):
    with pytest.raises(Refused, match="督导由"):
        arrange(township_officer, case)
    scheme.chain.create(
        process="inspection", order=9, name="镇督导", level="township", role="township_officer"
    )
    assert arrange(township_officer, case).organization == case.township


def test_a_draw_keeps_its_pool_and_runs_again_to_the_same_cases(
    case, other_case, county_officer, as_post, capsys
):
    inspection = arrange(county_officer, size=1, seed="种子")
    assert {row["name"] for row in inspection.draw["pool"]} == {"石桥村", "枫林村"}
    page = as_post(county_officer).get(f"{inspection.get_absolute_url()}draw/").content.decode()
    assert "与记录一致" in page
    call_command("rerun_draw", inspection.uid)
    assert "与记录一致" in capsys.readouterr().out


def test_a_draw_that_was_tampered_with_is_seen(case, other_case, county_officer, as_post):
    inspection = arrange(county_officer, size=1, seed="种子")
    other = next(row["case"] for row in inspection.draw["pool"] if row["case"] != inspection.draw["drawn"][0])
    InspectionResult.objects.filter(inspection=inspection).update(
        case=case if str(case.uid) == other else other_case
    )
    page = as_post(county_officer).get(f"{inspection.get_absolute_url()}draw/").content.decode()
    assert "与本次督导的对象不一致" in page


def test_the_form_keeps_what_was_typed_when_refused(case, county_officer, as_post):
    page = as_post(county_officer).post(f"{LIST}add/", form_of(title="三月暗访", how="hand"))
    assert page.status_code == 422
    assert "三月暗访" in page.content.decode() and "请至少选一个整顿对象" in page.content.decode()


def test_not_finished_while_a_case_is_unwritten(case, other_case, county_officer):
    inspection = arrange(county_officer, case, other_case)
    first, second = inspection.results.all()
    written = Written(on=TODAY, words="正常")
    result_actions.record(result_id=first.pk, version=None, written=written, by=county_officer, at=NOW)
    with pytest.raises(Refused, match="还有1个"):
        finish(inspection, county_officer)
    skipped = Written(on=None, words="", skipped="道路中断")
    result_actions.record(result_id=second.pk, version=None, written=skipped, by=county_officer, at=NOW)
    assert finish(inspection, county_officer).state == "done"


@pytest.mark.parametrize(
    ("written", "field"),
    [
        (Written(on=TODAY + timedelta(days=1), words="正常"), "on"),
        (Written(on=TODAY - timedelta(days=9), words="正常"), "on"),
        (Written(on=TODAY, words=" "), "words"),
        (Written(on=TODAY, words="正常", skipped="没去"), "skipped_reason"),
    ],
)
def test_a_result_that_cannot_be_is_refused(case, county_officer, written, field):
    result = arrange(county_officer, case).results.get()
    with pytest.raises(Invalid) as refused:
        result_actions.record(result_id=result.pk, version=None, written=written, by=county_officer, at=NOW)
    assert field in refused.value.errors


def test_a_phone_writes_findings_row_by_row_and_a_photo_waits_for_the_end(
    case, county_officer, township_officer, as_post
):
    inspection = arrange(county_officer, case)
    result = inspection.results.get()
    data = {
        "_version": result.version,
        "on": f"{TODAY:%Y-%m-%d}",
        "words": "查看台账",
        "rows": "3",
        "finding-0": "公示栏过期",
        "settled-0": "当场更换",
        "finding-2": "支委会记录缺两月",
        "file": io.BytesIO(b"plain words"),
    }
    data["file"].name = "记录.txt"
    as_post(county_officer).post(f"/supervision/inspection-results/{result.uid}/edit/", data)
    assert [one.text for one in result.findings.all()] == ["公示栏过期", "支委会记录缺两月"]
    assert not Attachment.objects.visible_to(township_officer).exists()
    finish(inspection, county_officer)
    assert Attachment.objects.visible_to(township_officer).get().case == case


def test_a_correction_over_another_one_is_refused_and_the_old_words_stay_readable(
    case, county_officer, as_post
):
    result = held(county_officer, case).results.get()
    client = as_post(county_officer)
    data = {"_version": result.version, "on": f"{TODAY:%Y-%m-%d}", "words": "更正后的情况"}
    client.post(f"/supervision/inspection-results/{result.uid}/edit/", data)
    assert "更正后的情况" in client.get(result.get_absolute_url()).content.decode()
    assert "方案已上墙" in client.get(result.get_absolute_url()).content.decode()
    with pytest.raises(StaleVersion):
        result_actions.record(
            result_id=result.pk,
            version=result.version,
            written=Written(on=TODAY, words="另一版"),
            by=county_officer,
            at=NOW,
        )


def test_a_finding_becomes_a_problem_of_the_case_with_its_source(
    case, county_officer, township_officer, as_post
):
    inspection = held(county_officer, case, texts=["村务公开不及时"])
    finding = InspectionFinding.objects.get(result__inspection=inspection)
    as_post(county_officer).post(f"/supervision/inspection-findings/{finding.uid}/list/")
    problem = case.problems.get()
    assert "村务公开不及时" in problem.text and "2026年5月20日青禾县委组织部督导检查" in problem.text
    assert Message.objects.filter(user=township_officer.user, title__contains="增列问题").exists()
    case.refresh_from_db()
    assert case.problems_total == 1
    with pytest.raises(Refused, match="已列入"):
        result_actions.list_problem(finding_uid=finding.uid, by=county_officer, at=NOW)


def test_a_finding_in_the_problem_list_keeps_its_words(case, county_officer):
    inspection = held(county_officer, case, texts=["村务公开不及时"])
    finding = InspectionFinding.objects.get()
    result_actions.list_problem(finding_uid=finding.uid, by=county_officer, at=NOW)
    for findings in ([Found("改写", uid=str(finding.uid))], []):
        with pytest.raises(Invalid, match="问题清单"):
            result_actions.record(
                result_id=inspection.results.get().pk,
                version=None,
                written=Written(on=TODAY, words="正常", findings=findings),
                by=county_officer,
                at=NOW,
            )


def test_calling_off_needs_a_reason_and_tells_those_who_were_told(case, county_officer, township_officer):
    inspection = arrange(county_officer, case, announced=True)
    with pytest.raises(Invalid):
        actions.cancel(inspection_id=inspection.pk, version=None, reason=" ", by=county_officer, at=NOW)
    actions.cancel(inspection_id=inspection.pk, version=None, reason="防汛", by=county_officer, at=NOW)
    assert Message.objects.filter(user=township_officer.user, title__contains="取消督导").exists()


def test_what_the_scheme_asks_is_counted_and_its_duty_discharged(case, scheme, county_officer, county):
    rule = scheme.inspection_rules.create(
        key="unannounced",
        order=1,
        title="随机调研督导",
        rhythm="count",
        times=2,
        level="county",
        announced=False,
    )
    duty = Duty.objects.create(
        scheme=scheme,
        key="unannounced",
        organization=county,
        owner_role="county_officer",
        title="四次督导",
        due_on=TODAY + timedelta(days=90),
        effective_due_on=TODAY + timedelta(days=90),
        times=2,
    )
    for lacking, state in ((1, "open"), (0, "done")):
        held(county_officer, case, rule=rule)
        assert arrangements(county, scheme, TODAY)[0].standing.lacking == lacking
        duty.refresh_from_db()
        assert duty.state == state
    with pytest.raises(Invalid, match="不能事先通知"):
        arrange(county_officer, case, rule=rule, announced=True)


def test_a_graded_evaluation_needs_its_grade(case, county_officer):
    inspection = arrange(county_officer, case, kind="evaluation")
    with pytest.raises(Invalid, match="等次"):
        write(inspection, county_officer)


def test_the_list_asks_a_fixed_number_of_questions(
    case, other_case, county_officer, as_post, django_assert_max_num_queries
):
    client = as_post(county_officer)
    client.get(LIST)
    for _ in range(6):
        held(county_officer, case, other_case, texts=["问题"])
    with django_assert_max_num_queries(40):
        client.get(LIST)
    with django_assert_max_num_queries(45):
        client.get(f"{LIST}add/")


def test_a_closed_case_is_not_drawn(case, county_officer):
    case.stage = "closed"
    case.save(update_fields=["stage"])
    assert not admission.may_be_inspected(county_officer, YEAR).exists()
