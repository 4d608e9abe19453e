"""The roster as Excel, out and back: every change shown, every error by its cell, all or nothing."""

import io
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.errors import Refused
from accounts.models import AuditEvent
from organizations import imports, tasks
from organizations.models import ImportBatch, Organization
from organizations.roster_book import HEADERS
from tests import cast
from tests.cast import NOW
from tests.organizations.rosters import CODE, column, errors, export, read, upload
from tests.organizations.workbooks import changed, workbook

# --- out -------------------------------------------------------------------------------------------------------


def test_the_exported_roster_is_what_an_office_expects(
    as_post, township_officer, township, village, other_village
):
    book = load_workbook(io.BytesIO(export(as_post(township_officer), township)))
    page = book["名册"]
    assert [cell.value for cell in page[3]] == list(HEADERS)
    code = page.cell(4, column("代码"))
    assert (code.value, code.data_type, code.number_format) == (CODE, "s", "@")
    assert page.freeze_panes == "E4"
    assert (page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToHeight) == (
        "landscape",
        9,
        0,
    )
    assert page.print_title_rows == "$3:$3"
    lists = {rule.formula1 for rule in page.data_validations.dataValidation}
    assert '"是,否"' in lists and any("社区" in (formula or "") for formula in lists)
    assert page.max_row == 5
    assert AuditEvent.objects.filter(action="导出名册", detail__rows=2).exists()


def test_a_name_that_looks_like_a_formula_stays_a_text(as_post, township_officer, township, village):
    Organization.objects.filter(pk=village.pk).update(venue="=1+1")
    page = load_workbook(io.BytesIO(export(as_post(township_officer), township)))["名册"]
    cell = page.cell(4, column("活动场所"))
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_the_roster_holds_only_what_the_post_may_see(as_post, other_county_officer, county, village):
    answer = as_post(other_county_officer).get(reverse("organizations:roster_file", args=[county.uid]))
    assert answer.status_code == 404


# --- back ------------------------------------------------------------------------------------------------------


def test_the_export_itself_changes_nothing_when_it_comes_back(as_post, township_officer, township, village):
    batch = read(township_officer, township, export(as_post(township_officer), township))
    assert (batch.state, batch.read, batch.rows, batch.errors) == ("done", 1, [], [])


def test_a_round_trip_by_page(as_post, township_officer, township, village, other_village, no_broker):
    page = as_post(township_officer)

    def work(sheet):
        sheet.cell(4, column("户数")).value = 330
        sheet.cell(4, column("集体经济收入（万元）")).value = 12.5
        sheet.cell(4, column("党组织类型")).value = "党总支"
        sheet.cell(5, column("贫困（脱贫）村")).value = "是"

    answer = upload(page, township, changed(export(page, township), work))
    batch = ImportBatch.objects.get()
    assert answer.url == reverse("organizations:batch", args=[batch.uid])
    tasks.read_roster(batch.pk)
    preview = page.get(answer.url).content.decode()
    assert "将改动 <strong>2</strong> 个单位的 <strong>4</strong> 项内容" in preview
    assert "<del>320</del>" in preview and "<ins>330</ins>" in preview
    village.refresh_from_db()
    assert village.households == 320, "nothing is written before it is confirmed"
    done = page.post(reverse("organizations:batch_apply", args=[batch.uid]))
    assert done.status_code == 302
    village.refresh_from_db()
    other_village.refresh_from_db()
    assert (village.households, village.income, village.party_type) == (330, Decimal("12.50"), "general")
    assert village.version == 2
    assert other_village.poor_village
    assert "已写入 2 个单位" in page.get(done.url).content.decode()


def test_the_same_file_twice_changes_nothing_the_second_time(township_officer, township, village):
    content = workbook([[CODE, "石桥村委会", 400, 1180, 46]])
    first = read(township_officer, township, content)
    assert imports.apply_batch(batch_id=first.pk, by=township_officer, at=NOW) == 1
    assert imports.apply_batch(batch_id=first.pk, by=township_officer, at=NOW) == 1, "the first result again"
    second = read(township_officer, township, content)
    assert second.rows == []
    village.refresh_from_db()
    assert (village.households, village.version) == (400, 2)


def test_a_code_that_excel_made_a_number_is_understood(township_officer, township, village):
    batch = read(township_officer, township, workbook([[float(CODE), "石桥村委会", 321, None, None]]))
    assert [(row["code"], len(row["changes"])) for row in batch.rows] == [(CODE, 1)]


def test_an_empty_cell_changes_nothing(township_officer, township, village):
    batch = read(township_officer, township, workbook([[CODE, "石桥村委会", None, None, None]]))
    assert (batch.rows, batch.errors) == ([], [])


def test_columns_may_be_left_out(township_officer, township, village):
    batch = read(
        township_officer, township, workbook([[CODE, "石桥村", 47]], headers=["代码", "名称", "党员数"])
    )
    assert batch.rows[0]["changes"][0] | {"key": "members"} == {
        "key": "members",
        "label": "党员数",
        "before": "46",
        "after": "47",
        "value": 47,
    }


def test_other_sheets_may_stand_before_the_roster(township_officer, township, village):
    def add(sheet):
        sheet.parent.create_sheet("说明", 0)["A1"] = "本表由组织科编制"

    content = changed(workbook([[CODE, "石桥村委会", 333, None, None]]), add)
    assert len(read(township_officer, township, content).rows) == 1


# --- errors by cell ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "cell", "words"),
    [
        ([CODE, "石桥村委会", "三百", 1180, 46], "C2", "不是数字"),
        ([CODE, "石桥村委会", 320.5, 1180, 46], "C2", "应为整数"),
        ([CODE, "石桥村委会", -3, 1180, 46], "C2", "不能为负数"),
        ([CODE, "石桥村委会", "320户", 1180, 46], "C2", "不带单位"),
        ([CODE, 12345, 320, 1180, 46], "B2", "请核对是否错行"),
        ([CODE, None, 320, 1180, 46], "B2", "名称不能为空"),
        ([CODE, "枫林村委会", 320, 1180, 46], "B2", "名称是“石桥村委会”"),
        ([None, "石桥村委会", 320, 1180, 46], "A2", "代码不能为空"),
        (["99012110120", "石桥村委会", 320, 1180, 46], "A2", "无效"),
        (["990121101299", "石桥村委会", 320, 1180, 46], "A2", "不在本名册的单位范围内"),
        (["990121101", "柳溪镇", 320, 1180, 46], "A2", "不是基层党组织"),
        ([CODE, "石桥村委会", 320, 1180, 1200], "E2", "大于人口"),
        ([CODE, "石桥村委会", 1300, None, None], "C2", "大于人口 1180"),
    ],
)
def test_an_error_names_its_cell_and_reason(township_officer, township, village, row, cell, words):
    found = errors(township_officer, township, [row])
    assert [place for place, _reason in found] == [cell]
    assert words in found[0][1]


def test_every_error_of_a_sheet_is_named_and_nothing_can_be_written(
    as_post, township_officer, township, village
):
    content = workbook([[CODE, "石桥村委会", "三百", "一千", 46], [CODE, "石桥村委会", 321, 1180, 46]])
    batch = read(township_officer, township, content)
    assert [(f"{one['column']}{one['row']}") for one in batch.errors] == ["C2", "D2", "A3"]
    page = as_post(township_officer)
    preview = page.get(reverse("organizations:batch", args=[batch.uid])).content.decode()
    assert ">C2</td>" in preview and "三百" in preview
    assert "确认写入" not in preview
    page.post(reverse("organizations:batch_apply", args=[batch.uid]))
    village.refresh_from_db()
    assert village.households == 320
    with pytest.raises(Refused, match="还有错误"):
        imports.apply_batch(batch_id=batch.pk, by=township_officer, at=NOW)


def test_another_townships_village_is_as_unknown_as_none_at_all(
    township_officer, township, other_township, village
):
    cast.village_in(other_township, "山背村委会", "990121201201")
    ((cell, reason),) = errors(township_officer, township, [["990121201201", "山背村委会", 1, None, None]])
    assert (cell, reason) == ("A2", "代码“990121201201”不在本名册的单位范围内")


def test_a_missing_column_is_named(township_officer, township, village):
    assert errors(township_officer, township, [[CODE, 3]], headers=["代码", "户数"]) == [
        ("1", "缺少“名称”列")
    ]


def test_an_unknown_column_is_named(township_officer, township, village):
    found = errors(township_officer, township, [[CODE, "石桥村", 3]], headers=["代码", "名称", "家庭户"])
    assert found == [("1", "不认识的列“家庭户”")]


def test_a_workbook_without_a_roster_says_what_it_looked_for(township_officer, township, village):
    ((_place, reason),) = errors(township_officer, township, [[1]], headers=["甲", "乙"], sheet="工资表")
    assert "“工资表”" in reason and "“代码”“名称”" in reason


def test_a_closed_village_is_not_taken(township_officer, township, village):
    Organization.objects.filter(pk=village.pk).update(closed_on=NOW.date())
    assert "已撤销" in errors(township_officer, township, [[CODE, "石桥村委会", 1, None, None]])[0][1]
