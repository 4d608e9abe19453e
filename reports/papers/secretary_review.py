"""县乡党委书记述职评议 (S0 五): what the year came to in a county or township; the words are the secretary's own."""

from collections.abc import Iterator, Sequence

from accounts.errors import Refused
from accounts.tables import Column
from organizations.models import Organization
from organizations.rules import Level
from rectification.acceptance.models import TallyGroup
from rectification.cases.models import Case, Outcome, Source
from rectification.workflow import Stage
from reports.ledgers import Selection
from reports.papers.letter import Document, Letter, Paragraph, department_of
from reports.papers.secretary_review_facts import PEOPLE, Reviewed, Votes, read
from reports.sheet import Row, Sheet

LEVELS = (Level.COUNTY, Level.TOWNSHIP)
BLANK = "（由述职人撰写。）"
CLOSED = (Stage.TRACKING, Stage.CLOSED)


def write(selection: Selection) -> Letter:
    """The paper of a county or township; Refused for other units and where the year has no case."""
    unit = selection.unit
    if unit.level not in LEVELS:
        raise Refused("述职评议材料按县（市、区）和乡镇（街道）分别生成，请先选择单位")
    found = read(selection)
    if not found.cases:
        raise Refused(f"{unit.short_name}{selection.year}年没有整顿对象")
    return Letter(
        key=SECRETARY_REVIEW.key,
        title=SECRETARY_REVIEW.named(selection),
        heading=(f"{unit.organ}书记{selection.year}年抓基层党建工作", "述职评议软弱涣散基层党组织整顿情况"),
        paragraphs=list(_paragraphs(found, selection)),
        signer=department_of(unit),
        attachment=_sheet(found, selection),
    )


def _paragraphs(found: Reviewed, selection: Selection) -> Iterator[Paragraph]:
    parts: Sequence[tuple[str, Iterator[str]]] = (
        ("一、整顿任务", _task(found, selection)),
        ("二、问题整改", _solved(found)),
        ("三、帮扶力量", _support(found)),
        ("四、考核验收和群众评价", _accepted(found)),
    )
    for heading, lines in parts:
        yield Paragraph(heading, 1)
        yield from (Paragraph(line) for line in lines)
    for heading in ("五、主要做法", "六、存在的不足和下一步打算"):
        yield Paragraph(heading, 1)
        yield Paragraph(BLANK)


def _listed(pairs: Sequence[tuple[str, int]]) -> str:
    return "、".join(f"{name}{number}个" for name, number in pairs)


def _task(found: Reviewed, selection: Selection) -> Iterator[str]:
    sources = [(one.label, number) for one in Source if (number := found.count(source=one.value))]
    fields = found.by_field()
    said = f"其中{_listed(fields)}；" if fields else "其中"
    yield f"{selection.year}年确定软弱涣散基层党组织{len(found.cases)}个，{said}{_listed(sources)}。"
    yield f"主要类型：{_listed(found.types())}。"


def _solved(found: Reviewed) -> Iterator[str]:
    problems, closed = found.problems
    left = problems - closed
    yield (
        f"列出突出问题{problems}个，已解决销号{closed}个"
        + (f"，尚未解决{left}个" if left else "")
        + f"；制定整顿措施{found.measures['all']}项，已确认完成{found.measures['confirmed']}项。"
    )


def _support(found: Reviewed) -> Iterator[str]:
    people = "、".join(f"{found.has(kind)}个有{name}" for kind, name in PEOPLE)
    yield (
        f"{len(found.cases)}个整顿对象中，{found.has('plan')}个整顿方案已批准，{people}，"
        f"{found.has('helping_unit')}个有帮扶单位，{found.has('project')}个有帮扶项目，"
        f"{found.has('committee')}个班子配齐。"
    )


def _accepted(found: Reviewed) -> Iterator[str]:
    parts = [
        ("验收合格销号", found.at(*CLOSED)),
        ("基本合格（巩固提升）", found.at(Stage.CONSOLIDATION)),
        ("不合格（续整）", found.at(Stage.CARRIED)),
        ("正在验收", found.at(Stage.ACCEPTANCE)),
        ("仍在整顿", found.at(Stage.REMEDIATION)),
    ]
    yield _listed([(name, number) for name, number in parts if number]) + "。"
    rates = [
        f"{group.label}满意率{votes.words}（计入满意{votes.satisfied}票次，有效{votes.valid}票次）"
        for group in TallyGroup
        if (votes := found.votes[group]).valid
    ]
    if rates:
        yield f"党员群众测评：{'，'.join(rates)}。"
    if looked := found.checked["looked"]:
        refused = found.checked["refused"]
        yield f"上级检查验收结果{looked}个，" + (f"不认可{refused}个。" if refused else "全部认可。")


def _sheet(found: Reviewed, selection: Selection) -> Sheet:
    unit: Organization = selection.unit
    columns = [
        Column("number", "序号", kind="number", width=5),
        Column("name", "村（社区）", width=13),
        *([Column("town", "乡镇（街道）", width=13)] if unit.level == Level.COUNTY else []),
        Column("type", "主要类型", width=19),
        Column("problems", "列出问题", kind="number", width=8),
        Column("closed", "已销号", kind="number", width=8),
        Column("members", "党员满意率", width=12.5),
        Column("masses", "群众满意率", width=12.5),
        Column("result", "整顿结果", width=16),
    ]
    rows = [
        Row(tuple(_values(number, case, found, unit)), (str(case.uid),))
        for number, case in enumerate(found.cases, 1)
    ]
    return Sheet(
        key=SECRETARY_REVIEW.key,
        title=f"{unit.short_name}{selection.year}年整顿对象情况表",
        columns=tuple(columns),
        rows=rows,
        foot=lambda: None,
        particulars=[("填报单位", department_of(unit))],
        paper="A4",
    )


def _values(number: int, case: Case, found: Reviewed, unit: Organization) -> Iterator[object]:
    yield from (number, case.organization.short_name)
    if unit.level == Level.COUNTY:
        yield case.township.short_name if case.township else "—"
    yield from (str(case.primary), case.problems_total, case.problems_closed)
    groups = found.by_case.get(case.pk, {})
    for group in TallyGroup:
        yield groups.get(group.value, Votes()).words or "—"
    outcome = Outcome(case.outcome).label if case.outcome else ""
    stage = case.get_stage_display()
    yield f"{outcome}，{stage}" if outcome else stage


SECRETARY_REVIEW = Document(
    key="secretary_review",
    title="{year}年党委书记述职评议整顿工作材料",
    write=write,
    hint="数字由整顿档案统计；主要做法、不足和打算由述职人撰写。",
)
