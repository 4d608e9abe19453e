"""考核验收汇总表, 考核验收评分表 and 销号审批表: both sides' points, vetoes, rates, and each opinion up the chain."""

from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from rectification.acceptance.models import Acceptance, ItemScore, Tally
from rectification.cases.models import Case
from rectification.reviews.models import Review, ReviewStep
from reports import files
from reports.ledgers import LEDGERS, OutOfScope, Selection
from reports.papers import PAPERS
from reports.sheet import live
from tests import cast
from tests.reports.conftest import problem_of
from tests.reports.printing import made, texts

pytestmark = pytest.mark.django_db
SIGNED_ON = date(2026, 11, 18)
FORMULA = "（满意 26 + 基本满意 10）÷ 有效票 40 × 100% = 90.00%"


def accepted(case, number=1, **facts):
    """An acceptance scored by both sides: the township took a point of the first item, the county two of the second."""
    one = Acceptance.objects.create(case=case, number=number, **facts)
    items = list(case.scheme.items.filter(kind="acceptance").order_by("order"))
    for place, item in enumerate(items):
        ItemScore.objects.create(
            acceptance=one,
            item=item,
            township_score=item.points - (place == 0),
            township_reason="台账缺签字" if place == 0 else "",
            county_score=item.points - 2 * (place == 1),
            reason="支委会记录不全" if place == 1 else "",
        )
    counts = {"总体评价": {"满意": 26, "基本满意": 10, "不满意": 3, "未选": 1}}
    for group in ("members", "masses"):
        Tally.objects.create(
            acceptance=one, group=group, held_on=cast.TODAY, place="会议室", issued=42, returned=41, valid=40,
            invalid=1, counts=counts, teller="计某", supervisor="监某",
        )  # fmt: skip
    return one


@pytest.fixture
def passed(case):
    """Closed: everybody has spoken, the county signed, a meeting approved the closing."""
    review = Review.objects.create(
        process="sign_off", title="销号审批", organization=case.county, case=case, state="passed",
        submitted_by=case.steps.first().by,
    )  # fmt: skip
    step = {"unit": case.county, "role": "county_officer", "mode": "record", "decision": "passed"}
    said = {"body": "青禾县委常委会", "document": "青常纪〔2026〕31号", "decided_on": date(2026, 11, 25)}
    ReviewStep.objects.create(review=review, order=1, name="县委审定", opinion="同意", **step, **said)
    problem_of(case, 1, "书记空缺", "选配", closed_on=date(2026, 9, 1))
    one = accepted(
        case,
        state="signed", outcome="pass", suggested="pass", total=Decimal(98), signed_name="沈某", signed_on=SIGNED_ON,
        self_words="任务全部完成", self_on=date(2026, 11, 3), township_words="初验合格", township_on=date(2026, 11, 10),
        county_words="同意验收", reasons=["得分 98，达到合格线 80", "“班子”扣 2 分：支委会记录不全"], review=review,
    )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(stage="tracking", outcome="pass", closed_on=date(2026, 11, 25))
    return one


def words_of(page):
    return [(cell.words, cell.foot) for line in page.lines for cell in line.cells]


def box(page, name):
    """Words and foot of the box beside a heading."""
    cells = words_of(page)
    return cells[next(n for n, cell in enumerate(cells) if cell[0] == name) + 1]


def rows_of(post, unit, **filters):
    sheet = live(LEDGERS["acceptance"], Selection(post, unit, cast.YEAR, filters), today=cast.TODAY)
    keys = [column.key for column in sheet.columns]
    rows = [dict(zip(keys, row.values, strict=True)) for row in sheet.rows]
    return rows, dict(zip(keys, sheet.foot(), strict=True))


def test_the_summary_says_both_sides_points_rates_and_who_signed(passed, county_officer, county):
    (row,), foot = rows_of(county_officer, county)
    assert (row["standard"], row["township_total"], row["county_total"]) == (100, 99, 98)
    assert row["township_taken"].endswith("扣1分：台账缺签字") and row["county_taken"].endswith(
        "扣2分：支委会记录不全"
    )
    assert (row["members"], row["masses"], row["outcome"]) == ("90%", "90%", "合格")
    assert (row["grounds"], row["signer"], row["signed_on"]) == ("得分 98，达到合格线 80", "沈某", SIGNED_ON)
    assert (foot["organization"], foot["outcome"]) == ("1个", "合格1个")


def test_of_each_case_the_last_acceptance_counts_and_a_filter_does_not_bring_back_an_earlier_one(
    case, county_officer, county
):
    accepted(case, state="signed", outcome="basic", reasons=["否决：“班子”，两委不全"])
    accepted(
        case, number=2, state="signed", outcome="fail", reasons=["否决：“班子”，两委不全"], signed_name="沈某"
    )
    (row,), _foot = rows_of(county_officer, county)
    assert (row["round"], row["outcome"], row["vetoes"]) == ("第2次", "不合格", "“班子”，两委不全")
    assert rows_of(county_officer, county, outcome="basic")[0] == []


def test_the_score_sheet_has_each_item_with_both_sides_on_one_row(passed, county_officer, county):
    (page,) = made(PAPERS["acceptance_sheet"], county_officer, county).pages
    rows = [[cell.words for cell in line.cells] for line in page.lines]
    assert ["验收项目", "标准分", "乡镇评分", "县验收分", "扣分理由"] in rows
    first = next(row for row in rows if row[0].startswith("1．"))
    assert first[1:] == ["10", "9", "10", "台账缺签字"]
    assert ["合计", "100", "99", "98", ""] in rows
    assert FORMULA in box(page, "满意度测评")[0] and box(page, "否决情形")[0] == "无"


def test_the_closing_form_has_each_opinion_up_the_chain(passed, county_officer, county):
    (page,) = made(PAPERS["closing_form"], county_officer, county).pages
    assert box(page, "突出问题及解决情况")[0] == "查摆问题1个，已销号1个。\n1．书记空缺（2026年9月1日销号）"
    assert box(page, "村（社区）自查意见") == (
        "任务全部完成",
        "负责人签字：　　　　　　（盖章）　　2026年11月3日",
    )
    assert box(page, "乡镇（街道）初验意见")[0] == "初验合格"
    assert box(page, "验收单位意见") == ("同意验收", "负责人签字：沈某　（盖章）　　2026年11月18日")
    decided = "同意；青禾县委常委会2026年11月25日研究决定，纪要（文）号：青常纪〔2026〕31号"
    assert box(page, "县委审定意见")[0] == decided


def test_a_case_being_closed_has_its_form_with_free_boxes_and_one_that_failed_has_none(
    case, foreign_case, county_officer, city_reviewer, city, county
):
    accepted(case, state="signing_off", outcome="pass", total=Decimal(98), signed_on=SIGNED_ON)
    accepted(foreign_case, state="signed", outcome="fail")
    (page,) = made(PAPERS["closing_form"], city_reviewer, city).pages
    assert box(page, "验收单位意见")[1].endswith("2026年11月18日")
    assert "结果为合格（销号审批中）" in box(page, "考核验收情况")[0]
    assert list(made(PAPERS["closing_form"], county_officer, county).pages) == [page]


def test_another_countys_acceptances_are_in_none_of_them(passed, other_county_officer, other_county, county):
    assert rows_of(other_county_officer, other_county)[0] == []
    for key in ("acceptance_sheet", "closing_form"):
        assert list(made(PAPERS[key], other_county_officer, other_county).pages) == []
        with pytest.raises(OutOfScope):
            list(made(PAPERS[key], other_county_officer, county).pages)


def test_rare_characters_stand_in_pdf_and_excel(passed, county_officer, county, tmp_path):
    Acceptance.objects.update(signed_name="𬱖㛃", county_words="=同意")
    for key in ("acceptance", "closing_form"):
        paper = LEDGERS.get(key) or PAPERS[key]
        drawn = (
            live(paper, Selection(county_officer, county, cast.YEAR, {}), today=cast.TODAY)
            if key in LEDGERS
            else made(paper, county_officer, county)
        )
        assert files.make(drawn, "pdf", tmp_path / f"{key}.pdf").absent == []
        assert "𬱖㛃" in texts(tmp_path / f"{key}.pdf")
    files.make(made(PAPERS["closing_form"], county_officer, county), "xlsx", tmp_path / "closing.xlsx")
    cells = [
        cell
        for row in load_workbook(tmp_path / "closing.xlsx").active.iter_rows()
        for cell in row
        if cell.value
    ]
    assert any("𬱖㛃" in cell.value for cell in cells)
    assert {cell.data_type for cell in cells if cell.value == "=同意"} == {"s"}


def test_a_unit_without_acceptances_prints_clean_empty_forms(county_officer, county, scheme, tmp_path):
    rows, foot = rows_of(county_officer, county)
    assert (rows, foot["organization"]) == ([], "0个")
    for key in ("acceptance_sheet", "closing_form"):
        files.make(made(PAPERS[key], county_officer, county), "pdf", tmp_path / f"{key}.pdf")
        assert "没有可打印的内容" in texts(tmp_path / f"{key}.pdf")
