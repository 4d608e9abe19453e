"""销号审批表 (domain §5.10): one page a case that passed — the facts, then each body's opinion up the chain."""

from collections.abc import Iterator

from django.utils import timezone

from accounts.tables import show
from organizations.rules import FIELDS
from rectification.acceptance.models import Acceptance
from rectification.remediation.models import ProblemState
from rectification.reviews.models import Decision, ReviewStep
from reports.ledgers import acceptance_words as words
from reports.papers import acceptance_facts as facts
from reports.papers.boxes import BLANK_DATE, Box, decided, drawn, heading
from reports.papers.form import Form, Line, Page, Record, pairs, passage

SHOWN = 8


def page(record: Record) -> Page:
    """The page of one case."""
    case = record["case"]
    place = case.township.short_name if case.township else case.county.short_name
    return Page(
        name=f"{place}{case.organization.short_name}",
        title=f"{case.year}年软弱涣散基层党组织整顿销号审批表",
        above=f"填报单位（盖章）：{case.county.office}　　　　　　　　填报时间：{BLANK_DATE}",
        lines=(*_facts(record), *_outcome(record), *map(drawn, boxes(record))),
        below="注：本表由整顿、验收和审批记录自动生成，没有记录的地方留空，可打印后签字盖章。",
    )


def _facts(record: Record) -> Iterator[Line]:
    case, leader = record["case"], record["leader"]
    unit = case.organization
    yield pairs(("党组织名称", unit.organ), ("乡镇（街道）", case.township.name if case.township else ""))
    yield pairs(
        ("领域", FIELDS.get(unit.field, "")),
        ("书记姓名", leader.name if leader else ""),
        ("来源", case.get_source_display()),
    )
    yield pairs(("主要类型", str(case.primary)), ("认定日期", show(case.determined_on)))
    yield pairs(
        ("问题销号", f"{case.problems_closed}／{case.problems_total}"), ("销号日期", show(case.closed_on))
    )


def _outcome(record: Record) -> Iterator[Line]:
    one: Acceptance = record["one"]
    yield passage("突出问题及解决情况", _problems(record), height=18)
    yield passage("满意度测评", "\n".join(words.rate_lines(one, one.case.scheme)), height=11, grows=False)
    lost = "；".join(words.taken(one, "county_score", "reason"))
    score = f"验收得分{show(one.total)}分（标准分{show(words.standard(one))}分），结果为{words.result(one)}"
    said = [score, f"扣分：{lost}" if lost else "", _passed_over(one)]
    yield passage("考核验收情况", "。".join(part for part in said if part) + "。", height=14, grows=False)


def _problems(record: Record) -> str:
    """How many were found and solved, then each in a line; a long list says the rest in a number."""
    problems = record["problems"]
    solved = sum(one.state == ProblemState.CLOSED for one in problems)
    lines = [f"查摆问题{len(problems)}个，已销号{solved}个。"]
    for number, one in enumerate(problems[:SHOWN], 1):
        closed = f"{show(one.closed_on)}销号" if one.state == ProblemState.CLOSED else "未销号"
        lines.append(f"{number}．{one.text.strip().rstrip('。')}（{closed}）")
    if len(problems) > SHOWN:
        lines.append(f"其余{len(problems) - SHOWN}个见问题清单。")
    return "\n".join(lines)


def _passed_over(one: Acceptance) -> str:
    reasons = [reason.rstrip("。") for reason in one.passed_over.values() if reason.strip()]
    return f"未齐备事项的理由：{'；'.join(reasons)}" if reasons else ""


def boxes(record: Record) -> Iterator[Box]:
    """村自查, 乡镇初验 and 验收, then the chain; where a scheme has none, one free box to be signed by hand."""
    one: Acceptance = record["one"]
    yield Box("村（社区）自查意见", one.self_words, one.self_on)
    if one.case.township:
        yield Box("乡镇（街道）初验意见", one.township_words, one.township_on)
    yield Box("验收单位意见", one.county_words, one.signed_on, one.signed_name)
    review = record["review"]
    steps = list(review.steps.all()) if review else []
    if steps:
        yield from map(_step, steps)
    else:
        names = [step.name for step in record["chain"]] or ["销号审批"]
        yield from (Box(heading(name)) for name in names)


def _step(step: ReviewStep) -> Box:
    if step.decision != Decision.PASSED:
        return Box(heading(step.name))
    said = "；".join(part for part in (step.opinion or "同意销号", decided(step)) if part)
    return Box(heading(step.name), said, step.decided_on or (step.at and timezone.localdate(step.at)))


CLOSING_FORM = Form(
    key="closing_form",
    title="{year}年软弱涣散基层党组织整顿销号审批表",
    source=facts.closing,
    fill=facts.fill,
    page=page,
    hint="验收签署为合格的对象（正在销号审批或已经销号），每个自动生成一张审批表。",
)
