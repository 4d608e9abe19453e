"""February and March: last year's cases come in from Excel, three parties look back on them, and the table goes up."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from organizations import tasks
from organizations.models import ImportBatch, Organization
from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.filings.models import Filing
from rectification.lookback.models import Lookback, LookbackView
from rectification.schemes.models import Scheme
from rectification.survey.models import Survey
from tests.journeys.office import YEAR, Office, said, unit

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SOLVED, LEFT = "制度没有上墙", "村务公开不及时"


def last_year_comes_in(office: Office) -> None:
    """The county fills in the empty sheet: one village by its code, one by township and name; an error first."""
    office.on(2, 27)
    county = office.posts["pingjiang"].organization
    villages = office.roster.villages(office.kept["towns"][0])
    good, bad = unit(villages[0]), unit(villages[1])
    office.kept["good"], office.kept["bad"] = good, bad
    empty = office.at("pingjiang").get(reverse("lookback:last_year_file", args=[county.uid])).content
    page = office.page("pingjiang", "lookback:list")
    assert "导入上年整顿对象" in said(page)
    wrong = _handed_in(office, county, _filled(empty, good, bad, where="续整"))
    assert {f"{one['column']}{one['row']}" for one in wrong.errors} == {"J4"}
    batch = _handed_in(office, county, _filled(empty, good, bad, where="销号"))
    assert (batch.errors, len(batch.rows)) == ([], 2)
    assert good.name in said(office.page("pingjiang", "organizations:batch", batch.uid))
    office.send("pingjiang", "organizations:batch_apply", batch.uid, data={})
    assert Case.objects.of_year(YEAR - 1).count() == 2
    assert Scheme.objects.get(year=YEAR - 1).state == "closed"
    again = _handed_in(office, county, _filled(empty, good, bad, where="销号"))
    assert (again.errors, again.rows) == ([], [])


def _filled(empty: bytes, good: Organization, bad: Organization, *, where: str) -> bytes:
    book = load_workbook(io.BytesIO(empty))
    page = book["上年整顿对象"]
    town = Organization.objects.get_parent(bad)
    rows = (
        (good.code, "", 4, SOLVED, "", "合格", where, "2025-3-20", "2025年11月25日"),
        ("", f"{town.short_name}/{bad.short_name}", 7, SOLVED, LEFT, "不合格", "续整", "2025-3-20", ""),
    )
    for number, values in enumerate(rows, 4):
        for column, value in enumerate(values, 2):
            page.cell(number, column).value = value or None
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _handed_in(office: Office, county: Organization, content: bytes) -> ImportBatch:
    data = {"file": SimpleUploadedFile("上年整顿对象.xlsx", content)}
    office.send("pingjiang", "lookback:last_year", county.uid, data=data)
    batch = ImportBatch.objects.first()
    tasks.read_roster(batch.pk)
    batch.refresh_from_db()
    assert batch.state == "done", batch.error
    return batch


def three_parties_look(office: Office) -> None:
    """The village checks itself, the township both, the county's department concludes the part of its own."""
    office.on(3, 2)
    office.send("pingjiang", "lookback:open", data={})
    good = Lookback.objects.get(organization=office.kept["good"])
    bad = Lookback.objects.get(organization=office.kept["bad"])
    assert "1 个回头看待整顿对象自查" in said(office.at("cun1").get("/"))
    _enters(office, "cun1", good, "self")
    _enters(office, "zhen0", bad, "self")
    last = bad.checkpoints.get(text=LEFT)
    slipped = {f"state-{last.pk}": "relapsed", f"finding-{last.pk}": "仍未公开，群众多次反映"}
    files = {f"file-{last.pk}": SimpleUploadedFile("现场记录.pdf", PDF)}
    _enters(office, "zhen0", good, "superior")
    _enters(office, "zhen0", bad, "superior", **slipped, **files)
    assert "2 个回头看待组织（人事）部门考核验收" in said(office.at("pingjiang").get("/"))
    office.on(3, 9)
    _enters(office, "pingjiang", good, "department")
    _enters(office, "pingjiang", bad, "department", **slipped)
    kept = LookbackView.objects.get(checkpoint=last, party="superior").attachments.get()
    page = office.page("pingjiang", "lookback:detail", bad.uid)
    assert "现场记录.pdf" in said(page) and "应为“没有转化到位，纳入本年整顿任务”" in said(page)
    assert office.at("miluo").get(reverse("evidence:download", args=[kept.uid])).status_code == 404


def _enters(office: Office, who: str, lookback: Lookback, party: str, **changed: object) -> None:
    lookback.refresh_from_db()
    sent: dict[str, object] = {"party": party, "_version": str(lookback.version)}
    for point in lookback.checkpoints.all():
        sent |= {f"state-{point.pk}": "held", f"finding-{point.pk}": ""}
    office.send(who, "lookback:save", lookback.uid, data=sent | changed)


def the_county_concludes(office: Office) -> None:
    """One is turned round and watched for a year; the other, first put down wrongly and put right, enters the list."""
    office.on(3, 11)
    good = Lookback.objects.get(organization=office.kept["good"])
    bad = Lookback.objects.get(organization=office.kept["bad"])
    given = {"reasons": "逐项核查", "decided_on": "2026-3-11", "body": "县委组织部部务会", "document": "2号"}
    office.send("pingjiang", "lookback:decide", good.uid, data=given | {"outcome": "closed"})
    office.send("pingjiang", "lookback:decide", bad.uid, data=given | {"outcome": "closed"})
    right = given | {"outcome": "carried", "why": "登记时选错"}
    office.send("pingjiang", "lookback:correct", bad.uid, data=right)
    good.refresh_from_db(), bad.refresh_from_db()
    assert str(good.tracked_until_on) == f"{YEAR + 1}-03-11"
    assert str(good.case.tracking.ends_on) == f"{YEAR + 1}-03-11"
    case = Case.objects.get(pk=bad.case_id)
    assert (case.stage, case.closed_on) == ("carried", None)


def the_table_goes_up(office: Office) -> None:
    """Filed by the scheme's date, returned by the city, filed again and taken."""
    office.on(3, 12)
    duty = Duty.objects.get(key="lookback_report", organization=office.posts["pingjiang"].organization)
    assert str(duty.due_on) == f"{YEAR}-03-15"
    first = _files(office)
    given = {"decision": "return", "opinion": "请写明反弹的具体情况"}
    office.send("shi", "filings:decide", first.uid, data=given)
    duty.refresh_from_db()
    assert duty.state == "open"
    second = _files(office)
    assert (second.number, second.to.code) == (2, "4306")
    office.send("shi", "filings:decide", second.uid, data={"decision": "accept", "opinion": "收悉"})
    second.review.refresh_from_db()
    duty.refresh_from_db()
    assert (second.review.state, duty.state) == ("passed", "done")


def _files(office: Office) -> Filing:
    sent = office.send("pingjiang", "reports:file", "lookback", data={"year": str(YEAR)})
    uid = sent["Location"].rstrip("/").split("/")[-1]
    return Filing.objects.select_related("review", "to").get(uid=uid)


def what_failed_is_in_this_years_list(office: Office) -> None:
    """Without any finding of this year the village that was not turned round stands in the survey's list."""
    office.on(3, 16)
    office.send("pingjiang", "survey:open", data={"base_on": "2026-3-1"})
    survey = Survey.objects.get(year=YEAR, organization=office.posts["pingjiang"].organization)
    carried = survey.assessments.filter(carried=True)
    assert [one.organization_id for one in carried] == [office.kept["bad"].pk]
    shown = said(office.page("pingjiang", "lookback:list", group="carried"))
    assert office.kept["bad"].short_name in shown
