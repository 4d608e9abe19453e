"""督导情况 (domain §5.8): each finding of done inspections, how it was dealt with; and 季度评估 by unit and grade."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import F, QuerySet

from accounts.tables import Column, show
from organizations.models import Organization
from organizations.record_models import Grade
from organizations.rules import Level
from organizations.scope import subtree
from rectification.remediation.models import ProblemState
from rectification.supervision.inspections.models import (
    InspectionKind,
    InspectionResult,
    InspectionState,
)
from rectification.supervision.notices.models import UNSENT, Notice
from reports.ledgers.declaration import Ledger, Record, Selection, Total

RESULT = 1
GRADES = dict(Grade.choices)
KINDS = dict(InspectionKind.choices)
PROBLEMS = dict(ProblemState.choices)
TAKEN = {
    "county_name": "case__county__short_name",
    "township_name": "case__township__short_name",
    "organization_name": "case__organization__short_name",
    "kind": "inspection__kind",
    "announced": "inspection__announced",
    "finding": "findings__pk",
    "text": "findings__text",
    "settled": "findings__settled",
    "problem": "findings__problem__order",
    "problem_state": "findings__problem__state",
}


def _visits(selection: Selection) -> QuerySet:
    """Where somebody went, of done inspections of the year, at cases under the unit."""
    return InspectionResult.objects.visible_to(selection.post).filter(
        subtree(selection.unit.path).q("case__org_path"),
        inspection__state=InspectionState.DONE,
        inspection__scheme__year=selection.year,
        on__isnull=False,
    )


def source(selection: Selection) -> QuerySet:
    """Visits in the order of their days, each with its findings; one without any is one row."""
    rows = _visits(selection).order_by("on", "case__org_path", "pk", "findings__order", "findings__pk")
    return rows.values(
        "pk",
        "on",
        "words",
        "grade",
        office=F("inspection__organization"),
        **{n: F(p) for n, p in TAKEN.items()},
    )


def fill(selection: Selection, records: Sequence[Record]) -> None:
    """Add who inspected and the papers of each finding: two queries a chunk."""
    units = Organization.objects.in_bulk({record["office"] for record in records})
    papers = _papers(selection, [record["finding"] for record in records if record["finding"]])
    for record in records:
        record["office_name"] = units[record["office"]].office
        found = papers.get(record["finding"], [])
        record["numbers"] = "、".join(f"{one.get_kind_display()}{one.number_words}" for one in found)
        record["due"] = "、".join(show(one.due_on) for one in found if one.due_on)
        record["reply"] = "；".join(one.reply for one in found if one.reply)
        record["verdict"] = "；".join(
            f"{one.get_state_display()}{f'：{one.verdict}' if one.verdict else ''}" for one in found
        )


def _papers(selection: Selection, findings: list[int]) -> dict[int, list[Notice]]:
    rows = Notice.objects.visible_to(selection.post).filter(findings__in=findings)
    rows = rows.exclude(state__in=UNSENT).distinct()
    found: dict[int, list[Notice]] = defaultdict(list)
    for notice in rows.order_by("issued_at").prefetch_related("findings"):
        for finding in notice.findings.all():
            found[finding.pk].append(notice)
    return found


def dealt(record: Record) -> str:
    """How a finding was dealt with, beside the papers it went into."""
    if record["finding"] is None:
        return ""
    if record["settled"]:
        return f"当场整改：{record['settled']}"
    if record["problem"]:
        return f"列为问题{record['problem']}（{PROBLEMS[record['problem_state']]}）"
    return "下达督导文书" if record["numbers"] else "待交办"


def _mode(record: Record) -> str:
    return "事先通知" if record["announced"] else "不打招呼"


INSPECTIONS = Ledger(
    key="inspections",
    title="{year}年软弱涣散基层党组织整顿督导情况表",
    columns=(
        Column("number", "序号", kind="number", width=5, merge=RESULT),
        Column("on", "督导时间", kind="date", width=15, group="督导", merge=RESULT),
        Column("office", "督导单位", "office_name", width=14, group="督导", merge=RESULT),
        Column("kind", "类别", lambda r: KINDS[r["kind"]], width=9, group="督导", merge=RESULT),
        Column("mode", "方式", _mode, width=9, group="督导", merge=RESULT),
        Column("county", "县市区", "county_name", width=8, group="整顿对象", merge=RESULT),
        Column("township", "乡镇（街道）", "township_name", width=13, group="整顿对象", merge=RESULT),
        Column("organization", "村（社区）", "organization_name", width=10, group="整顿对象", merge=RESULT),
        Column("words", "督导情况", width=26, group="督导结果", merge=RESULT),
        Column(
            "grade", "等次", lambda r: GRADES.get(r["grade"], ""), width=7, group="督导结果", merge=RESULT
        ),
        Column(
            "found",
            "发现的问题",
            lambda r: r["text"] if r["finding"] else "未发现问题",
            width=26,
            group="督导结果",
        ),
        Column("dealt", "处理方式", dealt, width=16, group="整改"),
        Column("numbers", "文书编号", width=16, group="整改"),
        Column("due", "整改期限", width=15, group="整改"),
        Column("reply", "整改回复", width=22, group="整改"),
        Column("verdict", "核实情况", width=14, group="整改"),
    ),
    source=source,
    fill=fill,
    parts=("pk", "finding"),
    totals=(
        Total("organization", "count", RESULT, words="{}次"),
        Total("found", "count", 2, words="{}个问题"),
    ),
    filters={"kind": ("类别", InspectionKind.choices, "inspection__kind")},
)


def evaluations(selection: Selection) -> QuerySet:
    """The grades of the year's 季度评估 at cases under the unit."""
    rows = _visits(selection).filter(inspection__kind=InspectionKind.EVALUATION)
    below = "county" if selection.unit.level == Level.CITY else "township"
    return rows.order_by("inspection__ends_on", "inspection", "case__org_path").values(
        "pk",
        "grade",
        "inspection",
        title=F("inspection__title"),
        day=F("inspection__ends_on"),
        unit=F(f"case__{below}"),
        unit_name=F(f"case__{below}__short_name"),
        organization_name=F("case__organization__short_name"),
    )


def by_unit(_selection: Selection, records: Sequence[Record]) -> list[Record]:
    """One row for each evaluation and unit, with how many got which grade."""
    rows: dict[str, Record] = {}
    for record in records:
        key = f"{record['inspection']}-{record['unit']}"
        row = rows.setdefault(key, record | {"key": key, "names": [], **dict.fromkeys(GRADES, 0)})
        row["names"].append(f"{record['organization_name']}（{GRADES[record['grade']]}）")
        row[record["grade"]] += 1
    for row in rows.values():
        row["unit_name"] = row["unit_name"] or "直属"
        row["cases"], row["listed"] = len(row["names"]), "、".join(row["names"])
    return list(rows.values())


EVALUATIONS = Ledger(
    key="evaluations",
    title="{year}年软弱涣散基层党组织整顿季度评估汇总表",
    columns=(
        Column("number", "序号", kind="number", width=6),
        Column("title", "评估", width=16),
        Column("day", "时间", kind="date", width=14),
        Column("unit", "单位", "unit_name", width=16),
        Column("cases", "评估对象数", kind="number", width=8),
        *(Column(key, label, kind="number", width=6, group="评估等次") for key, label in GRADES.items()),
        Column("listed", "评估对象（等次）", width=40),
    ),
    source=evaluations,
    compute=by_unit,
    parts=("key",),
    totals=(
        Total("cases", "sum", words="{}"),
        *(Total(key, "sum", words="{}") for key in GRADES),
    ),
    paper="A4",
)
