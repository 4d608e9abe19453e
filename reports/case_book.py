"""整本档案: a case's whole file as one book, each part only as far as the reader sees it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils import timezone

from accounts.errors import Refused
from accounts.tables import Column, show
from organizations.rules import FIELDS
from rectification.cases.models import Case, CaseMember
from rectification.evidence.models import Attachment
from rectification.remediation.case_history import history_of
from rectification.remediation.models import Progress
from rectification.remediation.reporting.case_part import reports_of
from rectification.supervision.notices.models import UNSENT, Notice
from reports.binding import Bound, Section
from reports.ledgers import LEDGERS, Selection
from reports.papers import Drawn, declared, drawn
from reports.papers.notice import letter_of
from reports.sheet import Row, Sheet

RELATED = ("organization", "scheme", "county", "township", "primary", "previous")
# What a book about one case need not say on every row
SAID = frozenset({"number", "county", "township", "organization", "field", "type", "source"})
NARROW = 190  # characters that fit A4 across in a legible size
# In the order of the year: a ledger's or paper's key, and what the contents call it ("" keeps its own title)
BEFORE = (
    ("survey_register", "摸排登记表"),
    ("determination_form", "认定审批表"),
    ("lookback", "回头看情况表"),
    ("plan", "整顿方案（一村一策）"),
    ("task_lists", "问题清单、任务清单、责任清单"),
    ("support", "帮扶力量落实情况表"),
)
LOGGED = (
    ("activities", "工作纪实"),
    ("targets", "目标任务完成情况"),
    ("work", "整顿工作台账"),
)
SUPERVISED = (("inspections", "督导情况表"),)
AFTER = (
    ("tallies", "满意度测评汇总表"),
    ("acceptance_sheet", "考核验收评分表"),
    ("checks", "验收检查情况表"),
    ("closing_form", "销号审批表"),
)


def case_of(selection: Selection) -> Case | None:
    """The case the filters name, as the post sees it."""
    rows = Case.objects.visible_to(selection.post).select_related(*RELATED)
    return rows.filter(uid=selection.filters["case"]).first()


def book(case: Case, selection: Selection, *, today: date, mark: str = "") -> Bound:
    """The book of a case for whoever asks; parts with nothing in them are left out when it is bound."""
    own = Selection(selection.post, case.organization, case.year, {}, case_id=case.pk)
    name = case.organization.name
    return Bound(
        key="case_book",
        title=f"{name}{case.year}年整顿档案",
        sections=list(_sections(case, own, today, mark)),
        facts=list(_facts(case, today)),
        heading=(name, f"{case.year}年软弱涣散基层党组织整顿档案"),
        running=f"{case.organization.short_name}整顿档案",
        mark=mark,
    )


def _facts(case: Case, today: date) -> Iterator[tuple[str, str]]:
    yield "县（市、区）", case.county.name
    if case.township:
        yield "乡镇（街道）", case.township.name
    yield "领域", FIELDS.get(case.organization.field, "")
    yield "主要类型", str(case.primary)
    yield "来源", case.get_source_display()
    yield "认定", "，".join(filter(None, (show(case.determined_on), case.determined_by, case.minutes)))
    yield "现在环节", case.get_stage_display()
    yield "验收结果", case.get_outcome_display()
    yield "销号日期", show(case.closed_on)
    yield "打印日期", show(today)


def _sections(case: Case, own: Selection, today: date, mark: str) -> Iterator[Section]:
    def part(key: str, title: str) -> Section:
        return Section(title, lambda: printed(key, own, today=today, mark=mark))

    yield from (part(key, title) for key, title in BEFORE if declared(key))
    yield Section("帮扶人员名单", lambda: _people(case, own, mark))
    yield from (part(key, title) for key, title in LOGGED if declared(key))
    yield Section("措施进展记录", lambda: _progress(case, own, mark))
    yield Section("进展报告", lambda: _reported(case, own, mark))
    yield from (part(key, title) for key, title in SUPERVISED if declared(key))
    yield from _notices(case, own, mark)
    yield from (part(key, title) for key, title in AFTER if declared(key))
    yield Section("历程", lambda: _history(case, own, mark))
    yield Section("附件目录", lambda: _attachments(case, own, mark))


def printed(key: str, selection: Selection, *, today: date, mark: str) -> Drawn:
    """A ledger or paper of one case: a ledger without the columns that say only whose it is, on A4 where it fits."""
    made = drawn(declared(key), selection, today=today, mark=mark)
    return narrowed(made) if key in LEDGERS else made


def narrowed(sheet: Sheet) -> Sheet:
    """The sheet without the columns every row would repeat."""
    kept = [i for i, column in enumerate(sheet.columns) if column.key not in SAID]
    columns = tuple(sheet.columns[i] for i in kept)
    if not columns:
        raise Refused("这张台账没有这个整顿对象的内容")
    foot = sheet.foot

    def fewer() -> list[Any] | None:
        cells = foot()
        return [cells[i] for i in kept] if cells else None

    return replace(
        sheet,
        columns=columns,
        rows=(Row(tuple(row.values[i] for i in kept), row.parts) for row in sheet.rows),
        foot=fewer,
        paper="A4" if sum(column.width for column in columns) <= NARROW else sheet.paper,
    )


def _notices(case: Case, own: Selection, mark: str) -> Iterator[Section]:
    related = ("organization", "issuer", "to_leader__contact", "case__organization", "duty", "scheme")
    rows = Notice.objects.visible_to(own.post).filter(case=case).exclude(state__in=UNSENT)
    for notice in rows.select_related(*related).order_by("issued_at", "pk"):

        def letter(one: Notice = notice) -> Drawn:
            made = letter_of(one)
            made.mark = mark
            return made

        yield Section(notice.name, letter)


# --- lists the file keeps that are no ledger of their own ------------------------------------------------------


def listed(
    title: str, columns: tuple[Column, ...], rows: Iterable[tuple[Any, ...]], own: Selection, mark: str
) -> Sheet:
    """A plain list as a sheet, its rows numbered."""
    numbered = [Row((number, *row), (number,)) for number, row in enumerate(rows, 1)]
    return Sheet(
        key="list",
        title=f"{own.unit.name}{title}",
        columns=(Column("number", "序号", kind="number", width=5), *columns),
        rows=numbered,
        foot=lambda: None,
        particulars=[("打印时间", show(timezone.localdate())), ("打印人", own.post.user.name)],
        paper="A4",
        mark=mark,
    )


def _people(case: Case, own: Selection, mark: str) -> Sheet:
    rows = CaseMember.objects.visible_to(own.post).filter(case=case).select_related("case__scheme")
    rows = rows.order_by("from_on", "pk")
    columns = (
        Column("kind", "类别", width=12),
        Column("name", "姓名", width=10),
        Column("unit", "单位及职务", width=36),
        Column("from", "起", kind="date", width=15),
        Column("to", "止", kind="date", width=15),
        Column("why", "调整原因、文号", width=28),
    )
    cells = (
        (
            one.called + ("（组长）" if one.leads else ""),
            one.name,
            one.unit,
            one.from_on,
            one.to_on,
            "，".join(filter(None, (one.end_reason, one.end_document))),
        )
        for one in rows
    )
    return listed("帮扶人员名单", columns, cells, own, mark)


def _progress(case: Case, own: Selection, mark: str) -> Sheet:
    rows = Progress.objects.filter(measure__problem__case=case).order_by("on", "pk")
    columns = (
        Column("on", "日期", kind="date", width=15),
        Column("problem", "突出问题", width=26),
        Column("measure", "整顿措施", width=30),
        Column("words", "进展", width=44),
        Column("percent", "完成率", kind="percent", width=8),
        Column("by", "填报人", width=10),
    )
    cells = (
        (
            one.on,
            one.measure.problem.text,
            one.measure.text,
            one.words,
            one.percent,
            one.by.user.name,
        )
        for one in rows.select_related("measure__problem", "by__user")
    )
    return listed("措施进展记录", columns, cells, own, mark)


def _reported(case: Case, own: Selection, mark: str) -> Sheet:
    """Its line in each report that went up; the report itself tells of others' cases too and is filed by its unit."""
    said = [one for one in reversed(reports_of(case, own.post)) if one["line"] is not None]
    numbers = {
        "problems": "列出问题",
        "closed_all": "已销号",
        "measures": "整顿措施",
        "done_all": "已完成",
        "late": "逾期",
        "households": "本期走访（户）",
    }
    columns = (
        Column("report", "报告", width=44),
        Column("on", "报送日期", kind="date", width=16),
        *(Column(key, title, kind="number", width=9) for key, title in numbers.items()),
        Column("percent", "完成率", kind="percent", width=9),
    )
    cells = (
        (
            str(one["report"]),
            timezone.localdate(one["report"].submitted_at) if one["report"].submitted_at else None,
            *(one["line"][key] for key in numbers),
            one["line"]["percent"],
        )
        for one in said
    )
    return listed("进展报告中的本对象情况", columns, cells, own, mark)


def _history(case: Case, own: Selection, mark: str) -> Sheet:
    columns = (
        Column("at", "时间", width=20),
        Column("title", "事项", width=34),
        Column("who", "经办", width=26),
        Column("words", "内容", width=70),
    )

    def words(line: Any) -> str:
        changed = (f"{one.label}：{one.before or '空'} → {one.after or '空'}" for one in line.changes)
        return "；".join(filter(None, (line.reason, *changed)))

    lines = reversed(history_of(case, own.post))
    cells = ((show(one.at), one.title, one.post or one.who, words(one)) for one in lines)
    return listed("整顿历程", columns, cells, own, mark)


def attachments_of(case: Case, own: Selection) -> list[Attachment]:
    """The files of a case that stand, oldest first."""
    rows = Attachment.objects.visible_to(own.post).filter(case=case, withdrawn_at__isnull=True)
    return list(rows.select_related("by__user", "by__organization").order_by("at", "pk"))


def _attachments(case: Case, own: Selection, mark: str) -> Sheet:
    columns = (
        Column("name", "文件名", width=40),
        Column("note", "说明", width=30),
        Column("size", "大小", width=10),
        Column("by", "上传人", width=10),
        Column("at", "上传时间", width=20),
        Column("sha256", "校验值（SHA-256）", width=40),
    )
    cells = (
        (one.name, one.note, size_words(one.size), one.by.user.name, show(one.at), one.sha256)
        for one in attachments_of(case, own)
    )
    return listed("附件目录", columns, cells, own, mark)


def size_words(size: int) -> str:
    """A file's size as people say it."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024 / 1024:.1f} MB"
