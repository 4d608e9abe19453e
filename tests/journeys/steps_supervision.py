"""May and June: reports that write themselves, inspections, papers, 通报, and what is late."""

from django.urls import reverse
from django.utils import timezone

from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.remediation.models import Problem
from rectification.remediation.reporting.models import ProgressReport
from rectification.schemes.practice_models import InspectionRule
from rectification.supervision.circulars.models import Circular
from rectification.supervision.inspections.models import Inspection, InspectionFinding
from rectification.supervision.notices.models import Escalation, Notice
from rectification.supervision.notices.tasks import escalate
from tests.journeys.office import Office, said, typed


def half_a_month_writes_itself(office: Office, four: list[Case]) -> None:
    """From the duty to the county in one form without a number typed; returned once, then taken."""
    office.on(5, 15, 16)
    owed = Duty.objects.get(key="half_month_report", organization__name="柳溪镇", period_to_on="2026-05-15")
    page = office.page("zhen", "remediation:report_of_duty", owed.uid)
    assert "到点指导1次" in said(page)
    _send_report(office, "zhen", owed)
    report = ProgressReport.objects.get(duty=owed)
    owed.refresh_from_db()
    assert (report.state, owed.state) == ("submitted", "done")
    office.tries("zhen", "remediation:report_of_duty", owed.uid, data={"do": "submit"})
    assert ProgressReport.objects.count() == 1
    _decide(office, report, "return", "请写明账目清理到哪一年")
    _send_report(office, "zhen", owed)
    _decide(office, report, "accept", "收到")
    report.refresh_from_db()
    assert report.state == "accepted" and report.facts


def _send_report(office: Office, who: str, owed: Duty) -> None:
    page = office.at(who).get(reverse("remediation:report_of_duty", args=[owed.uid]), follow=True)
    sent = typed(page.context["form"]) | {"_version": str(page.context["version"]), "do": "submit"}
    answer = office.at(who).post(page.request["PATH_INFO"], sent)
    assert answer.status_code == 302, said(answer)[:1500]


def _decide(office: Office, report: ProgressReport, decision: str, opinion: str) -> None:
    opened = office.page("xian", "remediation:report", report.uid).context["opened"]
    sent = {"_version": str(opened), "decision": decision, "opinion": opinion}
    office.send("xian", "remediation:report_decide", report.uid, data=sent)


def inspected(office: Office, four: list[Case]) -> None:
    """Two of four drawn, nobody below sees it coming; one finding into the problem list, one into a paper."""
    office.on(5, 20)
    rule = InspectionRule.objects.get(key="unannounced")
    given = {"rule": str(rule.uid), "kind": "inspection", "title": "第一次随机督导", "announced": "no"}
    given |= {"starts_on": "2026-5-20", "ends_on": "2026-5-22", "how": "draw", "size": "2"}
    office.send("xian", "supervision:inspection_add", data=given)
    found = Inspection.objects.get()
    for town in ("zhen", "zhen2"):
        assert "第一次随机督导" not in said(office.page(town, "supervision:inspections"))
        hidden = office.at(town).get(reverse("supervision:inspection", args=[found.uid]))
        assert hidden.status_code == 404
    for number, row in enumerate(found.results.order_by("pk")):
        seen = {"on": "2026-5-20", "words": "到村查看", "rows": "2", "finding-0": f"账目第{number}本未公开"}
        seen |= {"_version": str(row.version)}
        office.send("xian", "supervision:inspection_result_edit", row.uid, data=seen)
    found.refresh_from_db()
    office.send("xian", "supervision:inspection_finish", found.uid, data={"_version": str(found.version)})
    listed, papered = InspectionFinding.objects.order_by("pk")
    office.send("xian", "supervision:finding_list", listed.uid, data={"_version": str(listed.version)})
    assert Problem.objects.filter(case=listed.result.case).count() == 2
    case = papered.result.case
    asked = {"case": str(case.uid), "finding": str(papered.uid), "kind": "rectify"}
    page = office.page("xian", "supervision:notice_add", **asked)
    sent = typed(page.context["form"]) | {"asked": "限期公开", "due_on": "2026-6-1", "kind": "rectify"}
    sent |= {"organization": str(case.township.uid), "finding": [str(papered.uid)]}
    query = f"?case={case.uid}&finding={papered.uid}"
    office.send("xian", "supervision:notice_add", data=sent, query=query)
    office.kept["notice"] = Notice.objects.get()


def answered(office: Office) -> None:
    """The paper is signed, answered by the township, returned once, verified."""
    notice = office.kept["notice"]
    town = "zhen" if notice.organization.name == "柳溪镇" else "zhen2"
    assert office.at(town).get(notice.get_absolute_url()).status_code == 404
    office.send("xian", "supervision:notice_issue", notice.uid, data={"_version": str(notice.version)})
    office.on(5, 28)
    for words, verdict in (("正在办理", "return"), ("已于5月27日公开", "verify")):
        notice.refresh_from_db()
        reply = {"text": words, "_version": str(notice.version)}
        office.send(town, "supervision:notice_reply", notice.uid, data=reply)
        notice.refresh_from_db()
        said_back = {"verdict": "请写明结果", "due_on": "2026-6-5", "_version": str(notice.version)}
        office.send("xian", "supervision:notice_verify", notice.uid, data=said_back | {verdict: "1"})
    notice.refresh_from_db()
    assert (notice.state, notice.number, notice.duty.state) == ("verified", 1, "done")


def ranked(office: Office) -> None:
    """通报 for May: units by the progress of their cases, numbers fixed, read by both townships."""
    office.on(6, 2)
    period = {"period_from_on": "2026-5-1", "period_to_on": "2026-5-31", "ranking": "on"}
    office.send("xian", "supervision:circular_add", data=period)
    circular = Circular.objects.get()
    page = office.page("xian", "supervision:circular_edit", circular.uid)
    sent = typed(page.context["form"]) | {"_version": str(page.context["version"])}
    office.send("xian", "supervision:circular_edit", circular.uid, data=sent)
    assert office.at("zhen").get(circular.get_absolute_url()).status_code == 404
    circular.refresh_from_db()
    data = {"_version": str(circular.version)}
    office.send("xian", "supervision:circular_issue", circular.uid, data=data)
    read = said(office.page("zhen2", "supervision:circular", circular.uid))
    assert "柳溪镇" in read and "白岩乡" in read


def late_and_escalated(office: Office) -> None:
    """One report of 白岩乡 is late: a card is drafted once however often the night comes, and a person signs it."""
    office.on(5, 31)
    for owed in (
        Duty.objects.open().filter(key="half_month_report", due_on__lte="2026-5-31").order_by("due_on")
    ):
        if str(owed.period_to_on) != "2026-05-31" or owed.organization.name == "柳溪镇":
            _send_report(office, "zhen" if owed.organization.name == "柳溪镇" else "zhen2", owed)
    office.on(6, 2, 1)
    for _ in range(2):
        escalate()
    late = Duty.objects.overdue(timezone.localdate()).get(key="half_month_report")
    step = Escalation.objects.get(duty=late)
    assert (step.step, step.unit.name, step.notice.kind) == (1, "白岩乡", "remind")
    assert office.at("zhen2").get(step.notice.get_absolute_url()).status_code == 404
    office.on(6, 2, 8)
    assert "白岩乡" in said(office.page("xian", "supervision:drafts"))
    data = {"_version": str(step.notice.version)}
    office.send("xian", "supervision:notice_issue", step.notice.uid, data=data)
    assert "提醒卡" in said(office.page("zhen2", "supervision:notice", step.notice.uid))
    _send_report(office, "zhen2", late)
