"""一村一策整顿方案 (domain §5.6): one case's plan as a document, the three lists of §5.5 attached.

What went up is printed as it was frozen; a plan still being drawn up prints as it stands, marked 草稿.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from accounts.errors import Refused
from accounts.tables import Column, show
from organizations.models import Organization
from organizations.rules import Field
from rectification.cases.models import Case
from rectification.remediation.actions import handler_of
from rectification.remediation.models import Plan, PlanState
from rectification.remediation.plan_content import content_of
from rectification.remediation.plan_rules import MANIFEST, PROBLEMS, SUPPORT
from reports.ledgers import Selection
from reports.papers.letter import Document, Letter, Paragraph
from reports.sheet import Row, Sheet

NUMERALS = "一二三四五六七八九十"
WHERE = "整顿方案一村一份，请在“单位”中选择一个整顿对象，或从整顿档案的“整顿方案”页面打开"
LISTS = (
    Column("number", "序号", kind="number", width=4, merge=1),
    Column("problem", "突出问题", width=18, merge=1),
    Column("measure", "整顿措施", width=21),
    Column("goal", "任务目标", width=16),
    Column("unit", "责任单位", width=11),
    Column("who", "责任领导、责任人", width=12),
    Column("due_on", "时限", width=15),
)


def write(selection: Selection) -> Letter:
    """The plan of the case the unit is; raises Refused where there is none."""
    case, plan = _found(selection)
    sent = plan.state in (PlanState.SUBMITTED, PlanState.APPROVED) and plan.review is not None
    content = plan.review.content if sent else content_of(case, plan, timezone.localdate())
    unit = case.organization
    place = "（一村一策）" if unit.field in (Field.VILLAGE, Field.COMMUNITY) else ""
    heading = [f"{unit.organ}{case.year}年", f"软弱涣散整顿方案{place}"]
    if plan.state != PlanState.APPROVED:
        heading.append("（送审稿）" if plan.state == PlanState.SUBMITTED else "（草稿）")
    return Letter(
        key=PLAN.key,
        title=PLAN.named(selection),
        heading=tuple(heading),
        paragraphs=list(_paragraphs(content, case.scheme.support_name)),
        signer=_signer(case),
        attachment=_lists(case, content, plan.approved_on),
        on=plan.approved_on if plan.state == PlanState.APPROVED else None,
    )


def _found(selection: Selection) -> tuple[Case, Plan]:
    unit: Organization = selection.unit
    rows = Case.objects.visible_to(selection.post).filter(organization=unit, year=selection.year)
    case = rows.select_related("organization", "scheme", "county", "township", "primary").first()
    if case is None:
        if unit.level != "grassroots":
            raise Refused(WHERE)
        raise Refused(f"{unit.short_name}没有列入{selection.year}年整顿对象")
    plan = Plan.objects.filter(case=case).select_related("review").first()
    if plan is None:
        raise Refused(f"{unit.short_name}的整顿方案还没有拟订")
    return case, plan


def _signer(case: Case) -> str:
    unit, _ = handler_of(case)
    return f"中共{unit.organ}" if not unit.organ.startswith("中共") else unit.organ


def _paragraphs(content: Mapping[str, Any], support_name: str) -> Iterator[Paragraph]:
    """The chapters in the order of the paper, numbered; what was not written has no chapter."""
    chapters = (
        ("基本情况", _running(content.get("situation"))),
        ("具体表现", _numbered(content.get(MANIFEST) or ())),
        ("整顿目标", _running(content.get("goal"))),
        ("问题清单和整顿措施", _problems(content.get(PROBLEMS) or ())),
        (f"“{support_name}”帮扶力量", _numbered(content.get(SUPPORT) or ())),
        ("工作步骤", _running(content.get("steps"))),
        ("保障措施", _running(content.get("safeguards"))),
    )
    told = [(title, list(words)) for title, words in chapters]
    for number, (title, words) in enumerate(one for one in told if one[1]):
        yield Paragraph(f"{NUMERALS[number]}、{title}", 1)
        yield from words


def _running(words: str | None) -> Iterator[Paragraph]:
    return (Paragraph(line.strip()) for line in (words or "").splitlines() if line.strip())


def _numbered(lines: Sequence[str]) -> Iterator[Paragraph]:
    return (Paragraph(f"{number}．{_ended(line)}") for number, line in enumerate(lines, 1))


def _ended(line: str) -> str:
    line = line.strip()
    return line if line.endswith(("。", "！", "？", "；")) else f"{line}。"


def _problems(problems: Sequence[Mapping[str, Any]]) -> Iterator[Paragraph]:
    for number, problem in enumerate(problems, 1):
        yield Paragraph(f"（{_chinese(number)}）{_ended(problem['text'])}", 2)
        for place, measure in enumerate(problem["measures"], 1):
            yield Paragraph(f"{place}．{_measure(measure)}")


def _chinese(number: int) -> str:
    if number <= 10:
        return NUMERALS[number - 1]
    tens, ones = divmod(number, 10)
    return f"{NUMERALS[tens - 1] if tens > 1 else ''}十{NUMERALS[ones - 1] if ones else ''}"


def _measure(measure: Mapping[str, Any]) -> str:
    """A measure as a sentence, then its 五个明确."""
    said = [
        f"{label}：{measure[name]}"
        for name, label in (
            ("goal", "目标"),
            ("unit", "责任单位"),
            ("leader", "责任领导"),
            ("person", "责任人"),
            ("due_on", "完成时限"),
            ("requirement", "要求"),
        )
        if measure.get(name)
    ]
    if measure.get("long_term"):
        said.append("长期坚持，按阶段报告成效")
    return _ended(measure["text"]) + _ended("；".join(_bare(one) for one in said))


def _bare(words: str) -> str:
    return words.strip().rstrip("。；")


def _lists(case: Case, content: Mapping[str, Any], plan_on: date | None) -> Sheet:
    """Problems, tasks and responsibilities in one table, of the same content as the text."""
    rows = []
    for number, problem in enumerate(content.get(PROBLEMS) or (), 1):
        for measure in problem["measures"] or [{}]:
            who = "、".join(filter(None, (measure.get("leader"), measure.get("person"))))
            known = (measure.get(name, "") for name in ("text", "goal", "unit"))
            rows.append(
                Row((number, problem["text"], *known, who, measure.get("due_on", "")), (problem["uid"],))
            )
    return Sheet(
        key="plan_lists",
        title=f"{case.organization.short_name}问题、任务、责任清单",
        columns=LISTS,
        rows=rows,
        foot=lambda: None,
        particulars=[("制定单位（盖章）", _signer(case)), ("制定时间", show(plan_on) if plan_on else "")],
        paper="A4",
    )


PLAN = Document(key="plan", title="{year}年整顿方案", write=write)
