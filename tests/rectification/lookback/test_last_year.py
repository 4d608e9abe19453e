"""Last year's cases brought in by Excel, where the system was not yet in use."""

import io
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.errors import Refused
from organizations import imports, layout_rules, layouts, tasks
from rectification.cases.models import Case, Tracking
from rectification.lookback import opening
from rectification.lookback.models import Lookback
from rectification.schemes.models import Scheme
from rectification.workflow import Stage
from tests import cast
from tests.organizations.workbooks import workbook

pytestmark = pytest.mark.django_db

HEADERS = [
    "代码",
    "党组织",
    "主要类型",
    "已解决的问题",
    "未解决的问题",
    "验收结果",
    "去向",
    "认定日期",
    "销号日期",
]
LAST = cast.YEAR - 1
TURNED = [
    "990121101201",
    "",
    "4",
    "书记长期空缺\n村务不公开",
    "",
    "合格",
    "销号",
    "2025-3-20",
    "2025年11月20日",
]
FAILED = ["", "柳溪镇/枫林村", "①", "阵地破旧", "议事少", "不合格", "续整", "2025-3-20", ""]


def read(post, county, rows):
    content = workbook(rows, headers=HEADERS, sheet="上年整顿对象")
    batch = imports.hand_in(
        unit_id=county.pk, file_name="上年.xlsx", content=content, by=post, at=cast.NOW, kind="last_year"
    )
    tasks.read_roster(batch.pk)
    batch.refresh_from_db()
    return batch


def write(post, batch):
    return imports.apply_batch(batch_id=batch.pk, by=post, at=cast.NOW)


def test_a_county_brings_last_year_in_and_the_same_sheet_twice_changes_nothing(
    scheme, county, county_officer, village, other_village
):
    batch = read(county_officer, county, [TURNED, FAILED])
    assert (batch.errors, len(batch.rows)) == ([], 2)
    assert write(county_officer, batch) == write(county_officer, batch) == 2
    turned, failed = Case.objects.get(organization=village), Case.objects.get(organization=other_village)
    assert (turned.stage, turned.outcome, turned.closed_on) == (Stage.TRACKING, "pass", date(2025, 11, 20))
    assert (failed.stage, failed.outcome, failed.primary.order) == (Stage.CARRIED, "fail", 1)
    assert Tracking.objects.get().ends_on == date(2026, 11, 20)
    states = [(problem.text, problem.state) for problem in failed.problems.all()]
    assert states == [("阵地破旧", "closed"), ("议事少", "open")]
    again = read(county_officer, county, [TURNED, FAILED])
    assert (again.errors, again.rows, Case.objects.count()) == ([], [], 2)


def test_last_years_scheme_is_entered_as_closed_where_there_is_none(
    scheme, county, county_officer, village, other_village
):
    write(county_officer, read(county_officer, county, [TURNED]))
    past = Scheme.objects.get(year=LAST)
    assert (past.issuer, past.state) == (county, "closed")
    assert past.criteria.count() == scheme.criteria.count()
    write(county_officer, read(county_officer, county, [FAILED]))
    assert set(Case.objects.values_list("scheme", flat=True)) == {past.pk}


def test_what_came_in_is_looked_back_on(scheme, county, county_officer, township, village, other_village):
    write(county_officer, read(county_officer, county, [TURNED, FAILED]))
    assert opening.open_lookbacks(scheme=scheme, county=county, by=county_officer, at=cast.NOW) == 2
    points = Lookback.objects.get(organization=other_village).checkpoints
    assert list(points.filter(problem__isnull=False).values_list("text", flat=True)) == ["阵地破旧", "议事少"]
    assert Lookback.objects.get(organization=village).case.township == township


@pytest.mark.parametrize(
    ("column", "value", "cell", "said"),
    [
        (0, "990122101201", "A2", "不是青禾县的基层党组织"),
        (1, "枫林村", "B2", "与名称不符"),
        (2, "27", "C2", "不在方案的认定情形中"),
        (2, "", "C2", "请填写主要类型"),
        (5, "优秀", "F2", "应为 合格、基本合格、不合格 之一"),
        (5, "不合格", "F2", "去向应为续整"),
        (4, "议事少", "E2", "不应还有未解决的问题"),
        (6, "", "G2", "销号或续整"),
        (6, "续整", "I2", "不填销号日期"),
        (8, "", "I2", "须填写销号日期"),
        (8, "2025-2-1", "I2", "早于认定日期"),
        (7, "三月", "H2", "不是日期"),
        (7, "2023-3-1", "H2", "应为2025年内"),
    ],
)
def test_every_wrong_cell_is_named(
    scheme, county, county_officer, village, other_village, column, value, cell, said
):
    row = [*TURNED[:column], value, *TURNED[column + 1 :]]
    batch = read(county_officer, county, [row])
    found = {f"{one['column']}{one['row']}": one["reason"] for one in batch.errors}
    assert said in found[cell] and batch.rows == []
    with pytest.raises(Refused, match="还有错误"):
        write(county_officer, batch)


def test_the_same_organization_twice_and_a_name_of_two_are_refused(
    scheme, county, county_officer, village, other_township
):
    cast.village_in(other_township, "石桥村委会", "990121201201")
    twin = ["", "石桥村", *TURNED[2:]]
    found = [one["reason"] for one in read(county_officer, county, [TURNED, TURNED, twin]).errors]
    assert "同一个党组织" in found[0] and "请写成“乡镇/村”" in found[1]


def test_a_file_that_says_otherwise_than_the_case_is_refused(scheme, county, county_officer, village):
    write(county_officer, read(county_officer, county, [TURNED]))
    other = [*TURNED[:3], "另一个问题", *TURNED[4:]]
    assert "档案以系统为准" in read(county_officer, county, [other]).errors[0]["reason"]


def test_without_a_scheme_nothing_can_be_classed(county, county_officer, village):
    assert "还没有执行中的实施方案" in read(county_officer, county, [TURNED]).errors[0]["reason"]


def test_the_empty_sheet_names_the_types_and_the_page_takes_it(
    as_post, scheme, county, county_officer, village
):
    browser = as_post(county_officer)
    content = browser.get(reverse("lookback:last_year_file", args=[county.uid])).content
    page = load_workbook(io.BytesIO(content)).active
    assert page["A1"].value == "青禾县2025年软弱涣散基层党组织整顿情况（补录）"
    assert scheme.criteria.first().short in page["A2"].value
    page = browser.get(reverse("lookback:last_year", args=[county.uid])).content.decode()
    assert "首次写入时自动补录一个已结束的方案" in page and "上传并核对" in page


def test_a_list_of_the_countys_own_is_read_once_its_headings_are_matched(
    scheme, county, county_officer, village, other_village
):
    headers = ["序号", "乡镇", "村（社区）", "类型", "遗留问题", "已整改问题", "是否销号", "销号时间"]
    rows = [
        [1, "柳溪镇", "石桥村", "4", "", "书记长期空缺", "是", "2025.11.20"],
        [2, "柳溪镇", "枫林村", "①", "议事少", "阵地破旧", "否", ""],
        ["", "", "", "", "账目不公开", "", "", ""],
        ["填表人：", "", "", "", "", "", "", ""],
    ]
    content = workbook(rows, headers=headers, sheet="Sheet1")
    batch = imports.hand_in(
        unit_id=county.pk,
        file_name="台账.xlsx",
        content=content,
        by=county_officer,
        at=cast.NOW,
        kind="last_year",
    )
    tasks.read_roster(batch.pk)
    batch.refresh_from_db()
    assert batch.unmatched
    wanted = imports.kind_of(batch).wanted
    mapping = layout_rules.guess(batch.table["headings"], wanted)
    batch = layouts.match(batch_id=batch.pk, mapping=mapping, by=county_officer, at=cast.NOW)
    assert (batch.errors, write(county_officer, batch)) == ([], 2)
    failed = Case.objects.get(organization=other_village)
    assert set(failed.problems.values_list("text", "state")) == {
        ("阵地破旧", "closed"),
        ("议事少", "open"),
        ("账目不公开", "open"),
    }
    assert Case.objects.get(organization=village).closed_on == date(2025, 11, 20)


def test_only_a_county_brings_it_in(as_post, scheme, county, city_reviewer, township_officer):
    for post in (city_reviewer, township_officer):
        assert as_post(post).get(reverse("lookback:last_year", args=[county.uid])).status_code == 403
