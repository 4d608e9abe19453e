"""年底考核表: one page for each person: what the file says, what the assessor says, what follows. No points."""

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet
from django.utils import timezone

from accounts.tables import show
from organizations.models import Appointment, Organization
from organizations.scope import subtree
from rectification.acceptance.evaluations import facts, rules
from rectification.acceptance.evaluations.forms import LOCAL
from rectification.acceptance.evaluations.listing import in_order, kind_words
from rectification.acceptance.evaluations.models import EvaluationKind, EvaluationState, PersonEvaluation
from reports.ledgers import Selection
from reports.papers.form import Form, Line, Page, Record, pairs, passage

BLANK_DATE = "　　年　　月　　日"
SIGNED = "负责人签字：　　　　　　（盖章）　　"
NEAR = ("organization", "scheme", "member", "contact", "case__organization")


def people(post: Appointment, unit: Organization, year: int) -> list[tuple[str, str]]:
    """Who is assessed under a unit, by name and kind."""
    rows = in_order(_under(post, unit, year))
    return [
        (str(uid), f"{name}（{EvaluationKind(kind).label}）") for uid, name, kind in rows.values_list(*NAMED)
    ]


NAMED = ("uid", "name", "kind")


def _under(post: Appointment, unit: Organization, year: int) -> QuerySet:
    rows = PersonEvaluation.objects.visible_to(post).filter(scheme__year=year)
    return rows.filter(subtree(unit.path).q("org_path"))


def source(selection: Selection) -> QuerySet:
    """Those assessed under the unit, in the order of the list."""
    return in_order(_under(selection.post, selection.unit, selection.year)).values("pk")


def fill(selection: Selection, records: Sequence[Record]) -> None:
    """Put each row and its facts beside its key."""
    rows = PersonEvaluation.objects.visible_to(selection.post).select_related(*NEAR)
    found = rows.in_bulk([record["pk"] for record in records])
    said = facts.facts_of(list(found.values()), timezone.localdate())
    for record in records:
        record["row"], record["facts"] = found[record["pk"]], said[record["pk"]]


def page(record: Record) -> Page:
    """The page of one person."""
    row: PersonEvaluation = record["row"]
    return Page(
        name=row.name,
        title=f"{row.scheme.year}年软弱涣散基层党组织整顿工作年底考核表",
        above=f"考核单位（盖章）：{row.organization.office}",
        lines=(*_person(row), *_done(record), *_said(row)),
        below="注：履职情况由整顿档案自动提取"
        + ("，完成考核时留存；" if row.state == EvaluationState.DONE else "（尚未完成考核，按现在的记录）；")
        + "考核只写意见、定等次，不打分、不排名。",
    )


def _person(row: PersonEvaluation) -> Iterator[Line]:
    yield pairs(("姓名", row.name), ("考核对象", kind_words(row)))
    where = row.case.organization.short_name if row.case else ""
    yield pairs(("单位及职务", row.post_words), ("整顿对象", where or "见履职情况"), height=11)


def _done(record: Record) -> Iterator[Line]:
    lines = []
    for line in rules.lines_of(record["facts"]):
        lines.append(f"【{line.name}】{line.words}" if line.head else f"{line.name}：{line.words}")
    yield passage("履职情况", "\n".join(lines) or "档案中没有记录", height=60)


def _said(row: PersonEvaluation) -> Iterator[Line]:
    if label := LOCAL.get(EvaluationKind(row.kind)):
        yield passage(label, row.local_words, foot=f"{SIGNED}{BLANK_DATE}", height=28)
    on = show(row.on) if row.on else BLANK_DATE
    yield passage("考核意见", row.words, foot=f"{SIGNED}{on}", height=38)
    yield pairs(("考核等次", row.grade), ("考核人", row.assessor), height=11)
    uses = "、".join(row.uses)
    used = "；".join(part for part in (uses, row.uses_words) if part)
    yield passage("结果运用", used, height=18)
    yield passage("本人意见", "", foot=f"签名：　　　　　　　　{BLANK_DATE}", height=20)


PERSON_EVALUATION = Form(
    key="person_evaluation",
    title="{year}年软弱涣散基层党组织整顿工作年底考核表",
    source=source,
    fill=fill,
    page=page,
    hint="在“考核验收”的“年底考核”中生成本年考核名单以后，每人自动生成一张考核表。",
    filters={
        "kind": ("考核对象", EvaluationKind.choices, "kind"),
        "person": ("姓名", people, "uid"),
    },
)
