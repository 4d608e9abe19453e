"""考核验收评分表 (domain §5.10): one page an acceptance — items with both sides' points and why some were taken."""

from collections.abc import Iterator
from decimal import Decimal

from accounts.tables import show
from organizations.rules import FIELDS
from rectification.acceptance.models import Acceptance, ItemScore
from rectification.schemes.terms import plain
from reports.ledgers import acceptance_words as words
from reports.papers import acceptance_facts as facts
from reports.papers.boxes import BLANK_DATE, Box, drawn
from reports.papers.form import Cell, Form, Line, Page, Record, label, pairs, passage


def page(record: Record) -> Page:
    """The page of one acceptance."""
    one: Acceptance = record["one"]
    case = one.case
    again = f"（第{one.number}次）" if one.number > 1 else ""
    place = case.township.short_name if case.township else case.county.short_name
    return Page(
        name=f"{place}{case.organization.short_name}{again}",
        title=f"{case.year}年软弱涣散基层党组织整顿考核验收评分表{again}",
        above=f"填报单位（盖章）：{case.county.office}　　　　　　　　填报时间：{BLANK_DATE}",
        lines=(*_facts(record), *_scores(one), *_result(record), *_boxes(one)),
    )


def _facts(record: Record) -> Iterator[Line]:
    case = record["case"]
    yield pairs(
        ("党组织名称", case.organization.organ), ("乡镇（街道）", case.township.name if case.township else "")
    )
    yield pairs(
        ("领域", FIELDS.get(case.organization.field, "")),
        ("主要类型", str(case.primary)),
        ("问题销号", f"{case.problems_closed}／{case.problems_total}"),
    )


def _scores(one: Acceptance) -> Iterator[Line]:
    heads = (
        label("验收项目", 4),
        label("标准分", 1),
        label("乡镇评分", 1),
        label("县验收分", 1),
        label("扣分理由", 5),
    )
    yield Line(heads, 10)
    for number, row in enumerate(one.scores.all(), 1):
        veto = "（否决项）" if row.item.veto else ""
        yield Line(
            (
                Cell(f"{number}．{row.item}{veto}", 4, kind="text"),
                Cell(_points(row.item.points)),
                Cell(_points(row.township_score)),
                Cell(_points(row.county_score)),
                Cell(_why(row), 5, kind="text"),
            ),
            8,
        )
    sums = (words.standard(one), words.given(one, "township_score"), words.given(one, "county_score"))
    yield Line((label("合计", 4), *(Cell(_points(value)) for value in sums), Cell("", 5)), 8)


def _points(value: Decimal | None) -> str:
    return "" if value is None else plain(value)


def _why(row: ItemScore) -> str:
    """Both sides' reasons; whose they are is said where both took points."""
    both = row.township_reason and row.reason
    first = f"{'乡镇：' if both else ''}{row.township_reason}" if row.township_reason else ""
    said = [first, f"{'县：' if both else ''}{row.reason}" if row.reason else ""]
    return "；".join([*(part for part in said if part), *(["否决"] if row.vetoed else [])])


def _result(record: Record) -> Iterator[Line]:
    one: Acceptance = record["one"]
    yield passage(
        "否决情形", "；".join(words.vetoes(one)) or ("无" if one.outcome else ""), height=9, grows=False
    )
    rates = "\n".join(words.rate_lines(one, one.case.scheme))
    yield passage("满意度测评", rates, height=12, grows=False)
    said = [words.result(one) if one.outcome else "", "；".join(words.grounds(one)), _different(one)]
    if one.follow_due_on:
        said.append(f"巩固提升（限期补课）期限：{show(one.follow_due_on)}")
    yield passage("验收结果", "\n".join(part for part in said if part), height=12, grows=False)


def _different(one: Acceptance) -> str:
    return f"与规则不一致的理由：{one.different_reason}" if one.different_reason else ""


def _boxes(one: Acceptance) -> Iterator[Line]:
    if one.case.township:
        yield drawn(Box("乡镇（街道）初验意见", one.township_words, one.township_on))
    yield drawn(Box("验收单位意见", one.county_words, one.signed_on, one.signed_name))


ACCEPTANCE_SHEET = Form(
    key="acceptance_sheet",
    title="{year}年软弱涣散基层党组织整顿考核验收评分表",
    source=facts.scored,
    fill=facts.fill,
    page=page,
    hint="提请验收以后，每个对象自动生成一张评分表；乡镇评分、县验收分、测评结果填好后都在上面。",
    filters={
        "outcome": ("验收结果", [("pass", "合格"), ("basic", "基本合格"), ("fail", "不合格")], "outcome")
    },
)
