"""Progress on a measure: entries, reported done, confirmed, and what the case counts."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.errors import Invalid, Refused
from rectification.cases import member_actions
from rectification.remediation import progress_actions, rules
from rectification.remediation.models import Measure, Problem, Progress
from tests.cast import NOW, TODAY, post_at
from tests.rectification.remediation.conftest import approve

ENTRY = {"words": "召开党员大会，确定候选人", "percent": "40", "on": "2026-5-18"}


def address(measure, verb=""):
    return f"/remediation/measures/{measure.uid}/{verb}"


def test_a_helper_writes_progress_from_the_phone_page(measure, on_case, helper, as_post):
    client = as_post(helper)
    assert "填报进展" in client.get(address(measure)).content.decode()
    client.post(address(measure), ENTRY)
    measure.refresh_from_db()
    entry = Progress.objects.get(measure=measure)
    assert (measure.percent, entry.by, entry.words) == (40, helper, ENTRY["words"])
    assert measure.problem.case.__class__.objects.get(pk=measure.problem.case_id).progress == 40


def test_the_village_reporter_may_write_progress_too(measure, village_reporter, as_post):
    as_post(village_reporter).post(address(measure), ENTRY)
    assert Progress.objects.filter(measure=measure, by=village_reporter).exists()


def test_a_double_click_makes_one_entry(measure, township_officer, as_post):
    client = as_post(township_officer)
    form = ENTRY | {"_key": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"}
    first, second = client.post(address(measure), form), client.post(address(measure), form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert Progress.objects.filter(measure=measure).count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"percent": "101"}, "完成率 101% 应在 0 与 100% 之间"),
        ({"percent": "-1"}, "应在 0 与 100% 之间"),
        ({"on": "2026-5-21"}, "日期2026年5月21日在今天之后"),
        ({"on": "2026-5-1"}, "早于措施开始日期2026年5月10日"),
        ({"on": "五月"}, "请填写日期"),
        ({"words": ""}, "这个字段是必填项"),
    ],
)
def test_bad_progress_is_named_and_keeps_what_was_typed(measure, township_officer, as_post, change, words):
    answer = as_post(township_officer).post(address(measure), ENTRY | change)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert ("召开党员大会" in page) == ("words" not in change)
    assert not Progress.objects.exists()


def test_a_correction_is_a_new_entry_and_the_old_one_stays(measure, township_officer, as_post):
    client = as_post(township_officer)
    client.post(address(measure), ENTRY)
    client.post(address(measure), ENTRY | {"percent": "30", "words": "更正：候选人未定"})
    measure.refresh_from_db()
    assert measure.percent == 30
    assert Progress.objects.filter(measure=measure).count() == 2


def test_an_entry_for_an_earlier_day_does_not_turn_the_measure_back(measure, township_officer):
    for percent, day in ((60, TODAY), (20, TODAY - timedelta(days=3))):
        progress_actions.add_progress(
            measure_id=measure.pk, percent=percent, words="进展", on=day, by=township_officer, at=NOW
        )
    measure.refresh_from_db()
    assert measure.percent == 60


def test_a_file_may_come_with_the_entry_and_a_bad_one_stops_both(measure, township_officer, as_post):
    client = as_post(township_officer)
    bad = SimpleUploadedFile("病毒.exe", b"MZ\x90\x00\x03\x00")
    page = client.post(address(measure), ENTRY | {"file": bad}).content.decode()
    assert "不支持这种文件" in page
    assert not Progress.objects.exists()
    client.post(address(measure), ENTRY | {"file": SimpleUploadedFile("会议记录.txt", "到会23人".encode())})
    assert [file.name for file in measure.attachments.all()] == ["会议记录.txt"]


def test_nobody_reports_before_the_plan_is_approved(drawn_up, township_officer):
    measure = Measure.objects.get(problem__case=drawn_up)
    with pytest.raises(Refused, match="方案批准后"):
        progress_actions.add_progress(
            measure_id=measure.pk, percent=1, words="x", on=TODAY, by=township_officer, at=NOW
        )


def test_the_county_does_not_write_progress(measure, county_officer):
    with pytest.raises(Refused, match="进展由乡镇"):
        progress_actions.add_progress(
            measure_id=measure.pk, percent=1, words="x", on=TODAY, by=county_officer, at=NOW
        )


def test_done_by_a_helper_waits_for_the_township(measure, on_case, helper, township_officer, as_post):
    assert (
        "报完成须写明完成结果"
        in as_post(helper)
        .post(address(measure, "done/"), {"result": " ", "done_on": "2026-5-20"})
        .content.decode()
    )
    as_post(helper).post(address(measure, "done/"), {"result": "补选1名", "done_on": "2026-5-20"})
    measure.refresh_from_db()
    assert measure.state == "reported"
    assert as_post(helper).post(address(measure, "confirm/")).status_code == 403
    as_post(township_officer).post(address(measure, "confirm/"))
    measure.refresh_from_db()
    assert (measure.state, measure.duty.state) == ("confirmed", "done")


def test_a_one_person_township_reports_and_confirms_in_one_step(measure, township_officer, as_post):
    as_post(township_officer).post(address(measure, "done/"), {"result": "已补选", "done_on": "2026-5-20"})
    measure.refresh_from_db()
    assert measure.state == "confirmed"


def test_the_township_gives_a_report_back_with_its_reason(
    measure, on_case, helper, township_officer, as_post
):
    as_post(helper).post(address(measure), ENTRY)
    as_post(helper).post(address(measure, "done/"), {"result": "差不多了", "done_on": "2026-5-20"})
    page = as_post(township_officer).post(address(measure, "return/"), {"reason": ""}).content.decode()
    assert "退回须写明理由" in page
    as_post(township_officer).post(address(measure, "return/"), {"reason": "还没有选举"})
    measure.refresh_from_db()
    assert (measure.state, measure.percent, measure.result) == ("open", 40, "")
    assert "还没有选举" in as_post(helper).get(address(measure)).content.decode()


def test_the_other_township_cannot_confirm(measure, helper, on_case, other_township_officer, as_post):
    progress_actions.report_done(measure_id=measure.pk, result="好", on=TODAY, by=helper, at=NOW)
    assert as_post(other_township_officer).post(address(measure, "confirm/")).status_code == 404


def test_a_problem_is_solved_when_all_its_measures_are_confirmed(
    case, township_officer, county_officer, as_post
):
    approve(case, township_officer, county_officer, measures=2)
    first, second = Measure.objects.filter(problem__case=case)
    client = as_post(township_officer)
    client.post(address(first, "done/"), {"result": "好", "done_on": "2026-5-20"})
    assert Problem.objects.get(case=case).state == "open"
    client.post(address(second, "done/"), {"result": "好", "done_on": "2026-5-20"})
    assert Problem.objects.get(case=case).state == "solved"


def test_the_cases_progress_is_the_rule_of_its_measures(case, township_officer, county_officer):
    approve(case, township_officer, county_officer, measures=3)
    for measure, percent in zip(Measure.objects.filter(problem__case=case), (100, 50, 33), strict=True):
        progress_actions.add_progress(
            measure_id=measure.pk, percent=percent, words="进展", on=TODAY, by=township_officer, at=NOW
        )
    case.refresh_from_db()
    assert case.progress == rules.case_percent([100, 50, 33]) == 61


def test_a_helper_sees_the_case_at_once_and_no_more_the_day_after(
    measure, on_case, helper, county_officer, as_post, clock
):
    client = as_post(helper)
    assert client.get(address(measure)).status_code == 200
    member_actions.end_member(
        member_id=on_case.pk,
        by=county_officer,
        at=NOW,
        to_on=TODAY,
        reason="调任",
        document="青组〔2026〕8号",
    )
    assert client.get(address(measure)).status_code == 200
    clock.move_to(NOW + timedelta(days=1))
    client = as_post(helper)
    assert client.get(address(measure)).status_code == 404
    assert client.post(address(measure), ENTRY).status_code == 404
    assert client.get(f"/remediation/cases/{measure.problem.case.uid}/").status_code == 404


def test_a_helper_of_another_case_finds_nothing(measure, county, as_post):
    stranger = post_at(county, "helper", "bangfu2")
    assert as_post(stranger).get(address(measure)).status_code == 404


def test_bad_progress_is_refused_by_the_action_itself(measure, township_officer):
    with pytest.raises(Invalid, match="应在 0 与 100% 之间"):
        progress_actions.add_progress(
            measure_id=measure.pk, percent=120, words="x", on=TODAY, by=township_officer, at=NOW
        )
