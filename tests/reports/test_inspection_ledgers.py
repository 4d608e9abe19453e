"""督导情况 and 季度评估 as ledgers, 通报 as a file."""

import pytest

from rectification.supervision.circulars import actions as circulars
from rectification.supervision.inspections.models import InspectionFinding
from rectification.supervision.inspections.result_actions import list_problem
from reports.ledgers import LEDGERS, Selection
from reports.models import Export
from reports.sheet import live
from tests.cast import NOW, TODAY, YEAR
from tests.rectification.supervision.inspection_steps import arrange, held, write


@pytest.fixture
def rows_of():
    def read(key, post):
        sheet = live(LEDGERS[key], Selection(post, post.organization, YEAR, {}), today=TODAY)
        return [dict(zip((c.key for c in sheet.columns), row.values, strict=True)) for row in sheet.rows]

    return read


def test_each_finding_is_a_row_with_how_it_was_dealt_with(case, county_officer, township_officer, rows_of):
    held(county_officer, case, texts=["公开不及时", "台账不实"])
    list_problem(finding_uid=InspectionFinding.objects.first().uid, by=county_officer, at=NOW)
    write(arrange(county_officer, case), county_officer, "还没有完成的督导")
    rows = rows_of("inspections", township_officer)
    assert [(row["found"], row["dealt"]) for row in rows] == [
        ("公开不及时", "列为问题1（整改中）"),
        ("台账不实", "待交办"),
    ]
    assert {(row["number"], row["office"]) for row in rows} == {(1, "青禾县委组织部")}


def test_an_evaluation_is_summed_up_by_unit_and_grade(case, county_officer, rows_of):
    held(county_officer, case, kind="evaluation")
    [row] = rows_of("evaluations", county_officer)
    assert (row["unit"], row["cases"], row["good"], row["poor"]) == ("柳溪镇", 1, 1, 0)


def test_a_township_asks_for_the_file_of_what_it_received(case, county_officer, township_officer, as_post):
    drafted = circulars.draft(year=YEAR, first=TODAY, last=TODAY, ranked=False, by=county_officer, at=NOW)
    issued = circulars.issue(circular_id=drafted.pk, version=None, by=county_officer, at=NOW)
    client = as_post(township_officer)
    page = client.get(issued.get_absolute_url()).content.decode()
    assert 'name="level" value="county"' in page and 'name="number" value="1"' in page
    asked = {"unit": township_officer.organization.uid, "year": YEAR, "level": "county", "number": "1"}
    client.post("/ledgers/circular/export/", asked | {"format": "pdf"})
    export = Export.objects.get()
    assert export.filters == {"level": "county", "number": "1"}
    assert export.title == "青禾县督导通报〔2026〕1号"
