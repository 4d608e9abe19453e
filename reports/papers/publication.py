"""名单公布: the list of 整顿对象 as a document — 公示 while it is proposed, 公布 once it is determined."""

from dataclasses import replace
from typing import NamedTuple

from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.errors import Refused
from accounts.tables import Column, show
from organizations.rules import FIELDS, Field, Level
from rectification.reviews.models import Decision
from rectification.survey.joint_models import JointReview, Publicity
from rectification.survey.models import Assessment, Survey, SurveyState
from rectification.survey.note_models import SurveyNote
from reports.ledgers import Ledger, Selection
from reports.ledgers.survey_register import FIELD_ORDER
from reports.ledgers.survey_words import circled
from reports.papers.letter import Document, Letter, Paragraph, department_of, numbered
from reports.sheet import Sheet, live

WHERE = "公布文件以制发名单的单位为准，请在“单位”中选择开展摸排的县（市、区）"


def _listed(selection: Selection) -> QuerySet:
    """The organizations on the unit's own list."""
    return (
        Assessment.objects.visible_to(selection.post)
        .filter(chosen=True, excluded="", survey__organization=selection.unit, survey__year=selection.year)
        .order_by(FIELD_ORDER, "org_path", "pk")
        .values(
            "pk",
            "field",
            "carried",
            township_name=F("scorer__short_name"),
            organization_name=F("organization__short_name"),
            order=F("primary__order"),
            short=F("primary__short"),
            text=F("primary__text"),
        )
    )


LIST = Ledger(
    key="published_list",
    title="{year}年软弱涣散基层党组织整顿对象名单",
    columns=(
        Column("number", "序号", kind="number", width=6),
        Column("township", "乡镇（街道）", "township_name", width=15),
        Column("organization", "党组织", "organization_name", width=13),
        Column("field", "领域", lambda r: FIELDS.get(r["field"], ""), width=8),
        Column(
            "type",
            "主要类型",
            lambda r: f"{circled(r['order'])}{r['short'] or r['text']}" if r["order"] else "",
            width=26,
        ),
        Column("remark", "备注", lambda r: "上年续整" if r["carried"] else "", width=12),
    ),
    source=_listed,
    parts=("pk",),
    paper="A4",
    signatures=(),
)


class Counts(NamedTuple):
    """How many are on the list, by field in words, and how many are carried over."""

    total: int
    words: str
    carried: int
    first: str


def write(selection: Selection) -> Letter:
    """The document as the list stands; raises Refused while there is no list."""
    survey = Survey.objects.visible_to(selection.post).filter(
        organization=selection.unit, year=selection.year
    )
    survey = survey.select_related("organization", "scheme", "review").first()
    if survey is None:
        raise Refused(f"{selection.unit.short_name}{selection.year}年没有开展摸排；{WHERE}")
    counts = _counts(selection)
    if not counts.total:
        raise Refused(f"{survey}还没有拟整顿对象名单；名单提出以后可以生成公示，审定以后可以生成公布文件")
    published = Publicity.objects.visible_to(selection.post).filter(survey=survey).first()
    decided = survey.state == SurveyState.DETERMINED
    paper = _announcement if decided else _notice
    return paper(selection, survey, counts, published)


def _counts(selection: Selection) -> Counts:
    rows = list(_listed(selection))
    numbers = [(field.label, sum(row["field"] == field.value for row in rows)) for field in Field]
    words = "、".join(f"{label}{number}个" for label, number in numbers if number)
    first = f"{rows[0]['township_name']}{rows[0]['organization_name']}" if rows else ""
    return Counts(len(rows), words, sum(row["carried"] for row in rows), first)


def _attachment(
    selection: Selection, survey: Survey, published: Publicity | None, *, proposed: bool
) -> Sheet:
    """The list as a sheet of its own."""
    sheet = live(LIST, selection, today=timezone.localdate())
    title = f"{selection.unit.name}{LIST.title.format(year=survey.year)}"
    when = f"{show(published.starts_on)}至{show(published.ends_on)}" if published else ""
    word = "公示" if proposed else "公布"
    return replace(
        sheet,
        title=title.replace("整顿对象", "拟整顿对象") if proposed else title,
        particulars=[(f"{word}单位（盖章）", department_of(selection.unit)), (f"{word}时间", when)],
    )


def _basis(selection: Selection, survey: Survey) -> str:
    """On which paper and through which steps the list came about, as far as each was taken."""
    scheme = survey.scheme
    number = f"（{numbered(scheme.document_number)}）" if scheme.document_number else ""
    notes = SurveyNote.objects.visible_to(selection.post).self_checks().filter(survey=survey)
    steps = ["村（社区）党组织自查"] if notes.exclude(submitted_at=None).exists() else []
    steps.append("乡镇（街道）党（工）委评分提名")
    if JointReview.objects.visible_to(selection.post).filter(survey=survey).exists():
        steps.append("有关部门联审")
    return f"根据《{scheme.title}》{number}安排，在全面摸排的基础上，经{'、'.join(steps)}，"


def _parts(counts: Counts) -> str:
    carried = f"，其中上年整顿未转化、列入今年续整{counts.carried}个" if counts.carried else ""
    return f"（{counts.words}{carried}）"


def _announcement(
    selection: Selection, survey: Survey, counts: Counts, published: Publicity | None
) -> Letter:
    """公布: after the determination."""
    unit, step = selection.unit, _decision(survey)
    decided = "审定" if step is None else f"{step.body}{show(step.decided_on)}研究审定"
    what = f"确定{counts.first}{'等' if counts.total > 1 else ''}{counts.total}个党组织{_parts(counts)}"
    words = [
        f"{_basis(selection, survey)}{decided}，{what}为{survey.year}年软弱涣散基层党组织整顿对象。现将名单予以公布。"
    ]
    if published:
        words.append(
            f"公布范围：{published.place}。公布时间：{show(published.starts_on)}至{show(published.ends_on)}。"
        )
    return Letter(
        key=PUBLICATION.key,
        title=PUBLICATION.named(selection),
        heading=(f"关于公布{unit.name}{survey.year}年", "软弱涣散基层党组织整顿对象名单的通知"),
        paragraphs=[Paragraph(text) for text in words],
        signer=department_of(unit),
        attachment=_attachment(selection, survey, published, proposed=False),
        organ=department_of(unit),
        number=numbered(published.document)
        if published and published.document
        else f"　　　〔{survey.year}〕　　号",
        to="各村（社区）党组织：" if unit.level == Level.TOWNSHIP else "各乡镇（街道）党（工）委：",
        on=published.starts_on if published else None,
    )


def _decision(survey: Survey):
    if survey.review is None:
        return None
    steps = (
        survey.review.steps.filter(decision=Decision.PASSED).exclude(body="").order_by("-decides", "-order")
    )
    return steps.first()


def _notice(selection: Selection, survey: Survey, counts: Counts, published: Publicity | None) -> Letter:
    """公示: the proposed list, before it is determined; the telephone is written in by hand."""
    unit = selection.unit
    when = (
        f"{show(published.starts_on)}至{show(published.ends_on)}"
        if published
        else "　　年　　月　　日至　　月　　日"
    )
    where = f"{published.place}。" if published else ""
    what = f"拟确定{counts.first}{'等' if counts.total > 1 else ''}{counts.total}个党组织{_parts(counts)}"
    words = [
        f"{_basis(selection, survey)}{what}为{survey.year}年软弱涣散基层党组织整顿对象，现予公示。",
        f"公示时间：{when}。",
        f"公示范围：{where}",
        f"公示期间，党员、群众对拟确定的整顿对象有异议的，可以来信、来电、来访等方式向{department_of(unit)}反映，"
        "并写明具体情况，以便核实处理。",
        "受理人：",
        "联系电话：",
    ]
    return Letter(
        key=PUBLICATION.key,
        title=PUBLICATION.named(selection),
        heading=(f"关于拟确定{unit.name}{survey.year}年", "软弱涣散基层党组织整顿对象的公示"),
        paragraphs=[Paragraph(text) for text in words],
        signer=department_of(unit),
        attachment=_attachment(selection, survey, published, proposed=True),
        on=published.starts_on if published else None,
    )


PUBLICATION = Document(
    key="publication",
    title="{year}年软弱涣散基层党组织整顿对象名单公布文件",
    write=write,
)
