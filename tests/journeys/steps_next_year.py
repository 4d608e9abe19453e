"""December and the next January: the ledger as a file, and the year after, into which the failed village is carried."""

import io

from django.urls import reverse
from openpyxl import load_workbook

from rectification.cases.models import Case
from rectification.schemes.models import Scheme
from rectification.survey.models import Survey
from reports import tasks
from reports.models import Export
from tests.journeys.office import YEAR, Office, said, typed

NEXT = YEAR + 1


def ledger_as_excel(office: Office) -> None:
    """The township's ledger: a row for every measure, the case's cells merged, what was closed is marked so."""
    office.on(12, 20)
    town = office.posts["zhen0"].organization
    given = {"format": "xlsx", "unit": str(town.uid), "year": str(YEAR)}
    office.send("zhen0", "reports:export", "work", data=given)
    export = Export.objects.get()
    tasks.export(export.pk)
    assert office.at("miluo").get(reverse("reports:download", args=[export.uid])).status_code == 404
    response = office.at("zhen0").get(reverse("reports:download", args=[export.uid]))
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    rows = list(book.active.iter_rows(values_only=True))
    good, bad = office.kept["good"], office.kept["bad"]
    mine = [code for code in office.kept["chosen"] if code.startswith(town.code)]
    measures = [row for row in rows if "制定计划并每月核对" in "".join(str(cell or "") for cell in row)]
    assert len(measures) == 6
    assert Export.objects.get().rows == 6 + len(mine) - 2
    head = next(row for row in rows if "整顿措施" in row)
    place, closed = head.index("村（社区）"), head.index("是否销号")
    assert [row[place] for row in measures if row[place]] == [str(good.organization), str(bad.organization)]
    assert [row[closed] for row in measures] == ["是", None, "是", "否", None, "是"]
    assert any(area.size["rows"] == 3 for area in book.active.merged_cells.ranges)


def next_scheme(office: Office) -> None:
    """Next year's scheme is drawn up from this year's, its dates moved."""
    office.on(1, 15, year=NEXT)
    old = office.kept["scheme"]
    office.send("shi", "schemes:new", data={"source": f"scheme:{old.uid}", "year": str(NEXT), "title": ""})
    scheme = Scheme.objects.get(year=NEXT)
    assert scheme.title.startswith("2027") and str(scheme.duty_rules.get(key="plan").due_on) == "2027-04-30"
    office.send("shi", "duties:start", scheme.uid, data={"_version": str(scheme.version)})


def carried_over(office: Office) -> None:
    """Without any new finding the failed village is in the list, and leaving it out is refused."""
    office.on(3, 2, year=NEXT)
    office.send("pingjiang", "survey:open", data={"base_on": "2027-3-1"})
    survey = Survey.objects.get(year=NEXT, organization=office.posts["pingjiang"].organization)
    carried = survey.assessments.filter(carried=True).get()
    assert carried.organization_id == office.kept["bad"].organization_id
    office.send("pingjiang", "survey:freeze", survey.uid, data={"reason": "乡镇书面报告，其余没有扣分情形"})
    boards = office.page("pingjiang", "survey:ranking", survey.uid).context["boards"]
    listed = [line for board in boards for line in board.lines if line.row.place.listed]
    assert [line.row.assessment.pk for line in listed] == [carried.pk]
    assert "续整" in listed[0].row.place.why
    fewer = {"fewer_reason": "整体好转", "fewer_consent": "市委组织部 电话记录"}
    left_out = office.tries("pingjiang", "survey:propose", survey.uid, data={"chosen": [], **fewer})
    assert left_out.status_code == 422 and "必须列为续整对象" in said(left_out)
    criterion = survey.scheme.criteria.get(order=4)
    sent = {"chosen": [str(carried.uid)], f"primary-{carried.uid}": str(criterion.pk), **fewer}
    office.send("pingjiang", "survey:propose", survey.uid, data=sent)
    survey.refresh_from_db()
    given = {"body": "县委组织部部务会", "decided_on": "2027-3-2", "document": "部务纪要〔2027〕2号"}
    office.send("pingjiang", "survey:determination", survey.review.uid, data=given)


def its_open_problems_come_along(office: Office) -> None:
    """The new case points back to the old one, and its plan begins with the problem that was left."""
    before = office.kept["bad"]
    case = Case.objects.get(year=NEXT)
    assert (case.source, case.previous) == ("carried", before)
    page = office.page("zhen0", "remediation:plan", case.uid)
    sent = typed(page.context["form"]) | {"_version": str(page.context["version"])}
    office.send("zhen0", "remediation:plan", case.uid, data=sent)
    left = before.problems.exclude(state="closed").get()
    problem = case.problems.get()
    assert (problem.text, problem.carried_from, problem.state) == (left.text, left, "open")
    assert problem.criterion.scheme == case.scheme and problem.criterion.order == left.criterion.order
    shown = office.page("pingjiang", "remediation:case", case.uid).content.decode()
    assert "上年续整" in shown
