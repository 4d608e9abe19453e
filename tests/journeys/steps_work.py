"""May to October: progress from a helper, a village and the township; problems closed several at once."""

from datetime import date

from django.urls import reverse

from rectification.duties.models import Duty
from rectification.remediation.models import Measure, Problem
from tests.journeys.office import Office

DONE = {"result": "连续两月按期开展", "done_on": "2026-6-9"}


def helper_comes(office: Office) -> None:
    """Put on the case, the helper sees it at once, and no other."""
    office.on(5, 6)
    good = office.kept["good"]
    case_page = reverse("remediation:case", args=[good.uid])
    assert office.at("bang1").get(case_page).status_code == 404
    given = {
        "kind": "team",
        "name": "帮员",
        "unit": "县农业农村局",
        "username": "bang1",
        "from_on": "2026-5-6",
    }
    office.send("pingjiang", "remediation:member_add", good.uid, data=given)
    assert office.at("bang1").get(case_page).status_code == 200
    assert (
        office.at("bang1").get(reverse("remediation:case", args=[office.kept["bad"].uid])).status_code == 404
    )


def helper_reports_and_the_township_confirms(office: Office) -> None:
    """Progress, done, given back with a reason, done again, confirmed."""
    measure = _measures(office.kept["good"])[0]
    office.on(5, 20)
    entry = {"words": "核对会议记录4次", "percent": "50", "on": "2026年5月20日"}
    early = office.tries("bang1", "remediation:measure", measure.uid, data=entry | {"on": "2026-6-1"})
    assert early.status_code == 422 and "进展只填已经发生的" in early.content.decode()
    office.send("bang1", "remediation:measure", measure.uid, data=entry)
    office.on(6, 10)
    office.send(
        "bang1",
        "remediation:measure_done",
        measure.uid,
        data={"result": "连续两月按期开展", "done_on": "2026-6-9"},
    )
    measure.refresh_from_db()
    assert (measure.state, measure.percent) == ("reported", 100)
    assert "待确认完成" in office.page("zhen0", "accounts:inbox").content.decode()
    office.send("zhen0", "remediation:measure_return", measure.uid, data={"reason": "请补5月记录"})
    measure.refresh_from_db()
    assert (measure.state, measure.percent) == ("open", 50)
    again = {"result": "五月记录已补核，连续两月按期开展", "done_on": "2026-6-10"}
    office.send("bang1", "remediation:measure_done", measure.uid, data=again)
    office.send("zhen0", "remediation:measure_confirm", measure.uid, data={})
    measure.refresh_from_db()
    assert measure.state == "confirmed" and measure.duty.state == "done"


def township_finishes(office: Office) -> None:
    """The township's own report is its confirmation; of the other village one measure stays open and falls overdue."""
    office.on(6, 25)
    measures = [*_measures(office.kept["good"])[1:], _measures(office.kept["bad"])[2]]
    for measure in measures:
        done = {"result": "已完成并公示", "done_on": "2026-6-24"}
        office.send("zhen0", "remediation:measure_done", measure.uid, data=done)
    states = Problem.objects.filter(case__in=[office.kept["good"], office.kept["bad"]])
    assert sorted(states.values_list("state", flat=True)) == ["open", "solved", "solved", "solved"]
    office.on(7, 10)
    late = Duty.objects.filter(case=office.kept["bad"], key="measure").overdue(date(2026, 7, 10))
    assert late.count() == 1
    listed = office.page("zhen0", "duties:list").content.decode()
    assert "逾期 10 天" in listed


def county_extends(office: Office) -> None:
    """The county gives a measure more time with a reason; the township cannot give it to itself."""
    duty = Duty.objects.filter(case=office.kept["bad"], key="measure").overdue(date(2026, 7, 10)).get()
    given = {"until_on": "2026-8-20", "reason": "汛期影响"}
    own = office.tries("zhen0", "duties:extend", duty.uid, data=given)
    assert own.status_code == 422 and "本单位不能给自己延期" in own.content.decode()
    office.send("pingjiang", "duties:extend", duty.uid, data=given)
    duty.refresh_from_db()
    assert (duty.due_on, duty.effective_due_on) == (date(2026, 6, 30), date(2026, 8, 20))


def county_closes_in_bulk(office: Office) -> None:
    """Three problems of two villages at once; one that is not solved stops them all."""
    office.on(7, 15)
    good, bad = office.kept["good"], office.kept["bad"]
    solved = [str(uid) for uid in Problem.objects.solved().values_list("uid", flat=True)]
    assert len(solved) == 3
    unsolved = str(bad.problems.exclude(state="solved").get().uid)
    refused = office.tries("pingjiang", "remediation:close", data={"problem": [*solved, unsolved]})
    assert refused.status_code == 422 and "没有销号" in refused.content.decode()
    assert not Problem.objects.filter(state="closed").exists()
    foreign = office.tries("miluo", "remediation:close", data={"problem": solved})
    assert foreign.status_code == 404
    office.send("pingjiang", "remediation:close", data={"problem": solved})
    for case in (good, bad):
        case.refresh_from_db()
    assert (good.problems_closed, good.problems_total, good.progress) == (2, 2, 100)
    assert (bad.problems_closed, bad.problems_total) == (1, 2)
    assert bad.progress == 33


def _measures(case) -> list[Measure]:
    return list(Measure.objects.filter(problem__case=case).order_by("problem__order", "order"))
