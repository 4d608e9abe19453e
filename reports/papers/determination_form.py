"""认定审批表 (domain §5.2): one page a candidate — the facts, then a box for each body the scheme's chain names.

What was decided in the system or recorded stands in its box with body, date and minutes number; the rest stays empty,
so that the same page can be signed on paper.
"""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone

from accounts.roles import Role
from accounts.tables import show
from organizations.rules import FIELDS, Level
from rectification.reviews.models import Decision, ReviewStep
from rectification.schemes.chain_rules import deciding_step
from rectification.schemes.models import ChainStep, StepMode
from rectification.schemes.terms import NATIONAL_TYPES
from rectification.survey.models import Assessment, SheetState, SurveyState
from reports.ledgers import survey_words
from reports.papers import determination_facts as facts
from reports.papers.boxes import BLANK_DATE, Box, decided, drawn, heading
from reports.papers.form import Form, Line, Page, Record, pairs, passage


def page(record: Record) -> Page:
    """The page of one candidate."""
    one: Assessment = record["one"]
    survey = one.survey
    return Page(
        name=f"{one.scorer.short_name}{one.organization.short_name}",
        title=f"{survey.year}年软弱涣散基层党组织认定审批表",
        above=f"填报单位（盖章）：{one.scorer.organ}　　　　　　　　填报时间：{BLANK_DATE}",
        lines=(*_facts(record, one), *_boxes(record), *_publication(record)),
        below="注：本表由摸排和审批记录自动生成，没有记录的地方留空，可打印后签字盖章。",
    )


def _facts(record: Record, one: Assessment) -> Iterator[Line]:
    unit, leader = one.organization, record["leader"]
    people = (
        f"{show(unit.households)}户 {show(unit.population)}人" if unit.households or unit.population else ""
    )
    yield pairs(("党组织名称", unit.organ), ("乡镇（街道）", one.scorer.name))
    yield pairs(
        ("领域", FIELDS.get(one.field, "")), ("党员数", _with(unit.members, "人")), ("户数、人口", people)
    )
    yield pairs(
        ("书记姓名", leader.name if leader else ""),
        ("任职时间", show(leader.since_on) if leader else ""),
        ("集体经济收入", _with(record["income"], "万元")),
    )
    yield pairs(
        ("摸排得分", show(one.score)),
        ("倒排名次", f"第{one.rank}名" if one.rank else ""),
        ("上年是否整顿", "是，续整" if one.carried else "否"),
    )
    kind = NATIONAL_TYPES[one.national_type - 1] if one.national_type else ""
    yield pairs(("主要类型", str(one.primary or "")), ("统计主要类型", kind), height=11)
    met = "、".join(str(finding.criterion) for finding in record["findings"])
    yield passage("对应情形", met, height=11, grows=False)
    yield passage("具体表现", _findings(record), height=18)


def _with(value: object, unit: str) -> str:
    return f"{show(value)}{unit}" if value is not None else ""


def _findings(record: Record) -> str:
    rows = (
        survey_words.finding_words(one.criterion.order, one.words or str(one.criterion), one.deduction)
        for one in record["findings"]
    )
    return "；".join(rows)


# --- the boxes -------------------------------------------------------------------------------------------------


def _boxes(record: Record) -> Iterator[Line]:
    yield from map(drawn, boxes(record))


def boxes(record: Record) -> Iterator[Box]:
    """村自查 and 乡镇 first, as the survey itself asks for them; then the chain's steps in their order."""
    one: Assessment = record["one"]
    chain = [step for step in record["chain"] if step.mode != StepMode.PUBLISH]
    below = one.survey.organization.level
    yield _self_check(record, _at(chain, Level.GRASSROOTS))
    if one.scorer_id != one.survey.organization_id:
        steps = [step for step in chain if step.level == Level.TOWNSHIP] if below != Level.TOWNSHIP else []
        yield from _township(record, steps)
    above = [step for step in chain if Level(step.level).depth <= Level(below).depth]
    if not any(map(_joint, above)) and record["opinions"]:
        yield Box("部门联审意见", _said(record), _latest(record))
    yield from _above(record, above)


def _at(chain: list[ChainStep], level: Level) -> ChainStep | None:
    return next((step for step in chain if step.level == level), None)


def _self_check(record: Record, step: ChainStep | None) -> Box:
    note = record["check"]
    by = f"（参加人员：{note.made_by}）" if note and note.made_by else ""
    words = survey_words.self_check_words(note)
    return Box(heading(step.name if step else "村（社区）自查"), words + by, note.made_on if note else None)


def _township(record: Record, steps: list[ChainStep]) -> Iterator[Box]:
    """The township's own steps as it recorded them; its word on this candidate stands in the last of them."""
    one: Assessment = record["one"]
    sheet, recorded = record["sheet"] or (None, {})
    own = survey_words.township_words(
        {
            "township_opinion": one.township_opinion,
            "township_proposes": one.township_proposes,
            "township_reason": one.township_reason,
        }
    )
    sent = sheet is not None and sheet.state == SheetState.SUBMITTED
    names = [step.name for step in steps] or ["乡镇（街道）党（工）委"]
    for name in names:
        step = recorded.get(name)
        words = own if sent and name == names[-1] else ""
        on = (
            timezone.localdate(sheet.submitted_at)
            if sent and sheet.submitted_at and name == names[-1]
            else None
        )
        if step is not None:
            words = "；".join(part for part in (words or step.opinion, decided(step)) if part)
            on = step.decided_on
        yield Box(heading(name), words, on)


def _above(record: Record, chain: list[ChainStep]) -> Iterator[Box]:
    """The steps of the unit that holds the survey and above: a running review keeps its own."""
    review = record["review"]
    left = list(review.steps.all()) if review else []
    for step in chain:
        taken = next((one for one in left if one.name == step.name), None)
        if taken is not None:
            left.remove(taken)
        if _joint(step):
            yield Box(heading(step.name), _said(record), _latest(record))
        elif taken is not None:
            yield _reviewed(record, taken)
        elif review is not None and step.level == record["one"].survey.organization.level:
            yield Box(heading(step.name), "提出列为拟整顿对象", timezone.localdate(review.submitted_at))
        else:
            yield _unseen(record, step)
    for one in left:
        if one.mode != StepMode.PUBLISH and one.name not in {step.name for step in record["chain"]}:
            yield _reviewed(record, one)


def _joint(step: ChainStep) -> bool:
    return step.mode == StepMode.JOINT or step.role == Role.DEPARTMENT


def _said(record: Record) -> str:
    return survey_words.joint_words(record["opinions"], record["settled"])


def _latest(record: Record) -> date | None:
    return max((one.given_on for one in record["opinions"]), default=None)


def _reviewed(record: Record, step: ReviewStep) -> Box:
    """A step of the review: the words on this candidate go before those on the whole list."""
    if step.decision != Decision.PASSED:
        return Box(heading(step.name))
    said = step.items.get(str(record["one"].uid), "") if isinstance(step.items, dict) else ""
    own = said.get("opinion", "") if isinstance(said, dict) else str(said)
    words = "；".join(part for part in (own or step.opinion or "同意", decided(step)) if part)
    return Box(heading(step.name), words, step.decided_on or (step.at and timezone.localdate(step.at)))


def _unseen(record: Record, step: ChainStep) -> Box:
    """Not taken yet, or taken above the reader: the decision itself stands in the case's file."""
    case = record["one"].case
    decides = step is deciding_step(record["chain"])
    if case is None or not decides or record["one"].survey.state != SurveyState.DETERMINED:
        return Box(heading(step.name))
    document = f"，纪要（文）号：{case.minutes}" if case.minutes else ""
    words = f"同意列为整顿对象；{case.determined_by}{show(case.determined_on)}研究决定{document}"
    return Box(heading(step.name), words, case.determined_on)


def _publication(record: Record) -> Iterator[Line]:
    """公布起止 and 异议处理, empty lines where nothing was published yet."""
    published = record["publicity"]
    period = place = ""
    if published:
        period = f"{show(published.starts_on)}至{show(published.ends_on)}"
        place = published.place
    yield pairs(("公布（公示）起止", period), ("公布范围", place), height=11)
    said = []
    for one in record["objections"]:
        result = "" if one.upheld is None else "，异议成立" if one.upheld else "，异议不成立"
        handled = f"{show(one.handled_on)}处理：{one.handling}{result}" if one.handling else "正在核查"
        said.append(f"{show(one.raised_on)}提出：{one.text}；{handled}")
    over = published is not None and published.closed_at is not None
    words = "\n".join(said) or ("公布期间没有收到异议。" if over else "")
    yield passage("异议处理", words, height=11, grows=False)


DETERMINATION_FORM = Form(
    key="determination_form",
    title="{year}年软弱涣散基层党组织认定审批表",
    source=facts.source,
    fill=facts.fill,
    page=page,
    hint="提出拟整顿对象名单以后，每个对象自动生成一张审批表；名单提出之前，乡镇提名的对象也可以先打印。",
)
