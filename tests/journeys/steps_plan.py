"""April: two villages of one township get their plans, one of them in two rounds."""

from django.urls import reverse

from rectification.duties.models import Duty
from rectification.remediation.models import Measure, Plan, Problem
from tests.journeys.office import Office, typed

WORDS = {
    "goal": "半年内恢复正常组织生活",
    "steps": "调查摸底；逐项整改；自查验收",
    "safeguards": "镇党委书记负总责，联系领导到村督促",
}


def draw_up(office: Office) -> None:
    """Problems from what the survey found, measures one by one; what is missing is said by name."""
    office.on(4, 8)
    for key in ("good", "bad"):
        case = office.kept[key]
        office.send("zhen0", "remediation:findings_take", case.uid, data={})
        assert case.problems.count() == case.assessment.findings.count() == 2
        early = _keep(office, case, do="submit")
        assert early.status_code == 422 and "没有整顿措施" in early.content.decode()
        for number, problem in enumerate(case.problems.order_by("order")):
            _measures(office, problem, 2 if number == 0 else 1)
        assert _keep(office, case).status_code == 302


def _measures(office: Office, problem: Problem, many: int) -> None:
    given = {
        "text": f"针对问题{problem.order}制定计划并每月核对",
        "goal": "按期开展，记录齐全",
        "leader": "甲领导",
        "unit": "镇党委",
        "person": "乙同志",
        "requirement": "不得事后补记",
        "starts_on": "2026-5-1",
        "due_on": "2026-4-1",
    }
    wrong = office.tries("zhen0", "remediation:measure_add", problem.uid, data=given)
    assert wrong.status_code == 422 and "早于开始日期" in wrong.content.decode()
    assert "针对问题" in wrong.content.decode()  # nothing typed is lost
    for month in range(many):
        due = {"due_on": f"2026年{6 + month}月30日"}
        office.send("zhen0", "remediation:measure_add", problem.uid, data=given | due)


def _keep(office: Office, case, do: str = ""):
    page = office.page("zhen0", "remediation:plan", case.uid)
    sent = typed(page.context["form"]) | WORDS | {"_version": str(page.context["version"])}
    return office.tries("zhen0", "remediation:plan", case.uid, data=sent | ({"do": do} if do else {}))


def submitted_and_returned(office: Office) -> None:
    """The county sends one back with the reason and the parts to change; the other it approves."""
    office.on(4, 10)
    good, bad = office.kept["good"], office.kept["bad"]
    for case in (good, bad):
        assert _keep(office, case, do="submit").status_code == 302
        assert Plan.objects.get(case=case).state == "submitted"
    queue = office.page("pingjiang", "reports:queue").content.decode()
    assert str(good.organization) in queue and str(bad.organization) in queue
    review = Plan.objects.get(case=good).review
    office.page("pingjiang", "remediation:plan_review", review.uid)
    assert (
        "上级已审阅"
        in office.at("zhen0")
        .post(reverse("remediation:plan_withdraw", args=[good.uid]), {}, follow=True)
        .content.decode()
    )
    mute = office.tries("pingjiang", "remediation:plan_decide", review.uid, data={"do": "return"})
    assert mute.status_code == 422
    given = {"do": "return", "opinion": "目标要可检查，请写明次数", "fields_to_change": ["goal"]}
    office.send("pingjiang", "remediation:plan_decide", review.uid, data=given)
    assert office.tries("zhen0", "remediation:plan_decide", review.uid, data={}).status_code in (404, 422)
    _approve(office, bad)


def resubmitted_and_approved(office: Office) -> None:
    """The change is marked; with the approval the measures are owed and the duty of 30 April is done."""
    office.on(4, 15)
    good = office.kept["good"]
    assert "目标要可检查" in office.page("zhen0", "remediation:plan", good.uid).content.decode()
    WORDS["goal"] = "每月一次主题党日，全年党员大会不少于四次"
    assert _keep(office, good, do="submit").status_code == 302
    review = Plan.objects.get(case=good).review
    page = office.page("pingjiang", "remediation:plan_review", review.uid)
    changed = [cell.label for cell in page.context["comparison"].parts if cell.changed]
    assert (review.round, changed) == (2, ["整顿目标"])
    _approve(office, good)
    for case in (good, office.kept["bad"]):
        assert Plan.objects.get(case=case).state == "approved"
        assert Duty.objects.get(case=case, key="plan").state == "done"
        dues = Duty.objects.filter(case=case, key="measure").order_by("due_on")
        assert [str(duty.due_on) for duty in dues] == ["2026-06-30", "2026-06-30", "2026-07-30"]
        assert Measure.objects.filter(problem__case=case, duty__isnull=False).count() == 3


def _approve(office: Office, case) -> None:
    review = Plan.objects.get(case=case).review
    given = {"do": "pass", "opinion": "同意"}
    office.send("pingjiang", "remediation:plan_decide", review.uid, data=given)
