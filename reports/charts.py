"""What the workbench draws: each chart is a table first, every number of which leads to the list it counts.

The page shows the tables; the browser draws them (static/js/charts.js) and takes numbers and links from them, so that
picture, table and list cannot differ.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, DateField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject, Left, TruncMonth
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from organizations.models import Appointment, Organization
from organizations.rules import PATH_STEP
from organizations.scope import under_outer
from rectification.cases.models import Case
from rectification.duties.models import Duty, DutyState, is_near, is_overdue
from rectification.filings.matrix import Unit, matrix_of
from rectification.filings.matrix_rules import Standing
from rectification.remediation.models import Problem
from rectification.schemes.models import Criterion
from rectification.workflow import CHOICES, Stage

STAGES = [(stage, label) for stage, label in CHOICES if stage != Stage.SURVEY]
STAGE_TONES = ("blue", "yellow", "orange", "green", "red", "teal", "grey")


@dataclass(frozen=True)
class Cell:
    """A number and the list it counts; no link where there is nothing to list."""

    count: int
    url: str

    @property
    def drawn(self) -> SafeString:
        """The number as it stands in the table."""
        if self.url:
            return format_html('<td class="cell-number"><a href="{}">{}</a></td>', self.url, self.count)
        return format_html('<td class="cell-number">{}</td>', self.count or "—")


@dataclass(frozen=True)
class Row:
    """A line of a chart's table; `sum` is the 合计 line, which is not drawn."""

    words: str
    cells: Sequence[Cell]
    sum: bool = False

    @property
    def drawn(self) -> SafeString:
        """Its cells; a template for each of a city's thousand cells was a third of the page."""
        return format_html_join("", "{}", ((cell.drawn,) for cell in self.cells))


@dataclass(frozen=True)
class Chart:
    """A table and how it is drawn: "stacked" bars, plain "bars" or "lines"; the first column names the rows.

    tones: the colour of each column, where the words have one.
    """

    key: str
    title: str
    shape: str
    head: str
    columns: Sequence[str]
    rows: Sequence[Row]
    tones: Sequence[str] = ()
    note: str = ""


def charts_of(post: Appointment, year: int, today: date) -> list[Chart]:
    """The charts of a city's or county's workbench; those without anything to show are left out."""
    made = (
        stages_by_unit(post, year),
        types_of_weakness(post, year),
        problems_by_month(post, year, today),
        filings_by_unit(post, year, today),
        duties_by_light(post, year, today),
    )
    return [chart for chart in made if chart.rows]


def _cell(count: int, page: str, **asked: str | int) -> Cell:
    if not count:
        return Cell(0, "")
    words = "&".join(f"{name}={value}" for name, value in asked.items() if value != "")
    return Cell(count, f"{_page(page)}?{words}")


@cache
def _page(name: str) -> str:
    """The address of a list; asked once, since a chart of the country has twenty thousand cells."""
    return reverse(name)


def stages_by_unit(post: Appointment, year: int) -> Chart:
    """Cases of the year by the unit right below the post and by stage."""
    rows = Case.objects.visible_to(post).of_year(year).exclude(stage=Stage.SURVEY).order_by()
    # Each unit counts its own range: to cut the country's paths to their beginnings takes twice as long
    by_stage = rows.filter(under_outer("path", "org_path")).values("stage").annotate(n=Count("*"))
    stages = ArraySubquery(by_stage.values(known=JSONObject(stage="stage", n="n")))
    units = Organization.objects.children_of(post.organization).order_by("path")
    lines, total = [], Counter[str]()
    for name, uid, known in units.values_list("short_name", "uid", stages):
        counts = Counter({one["stage"]: one["n"] for one in known})
        if counts:
            lines.append(_stage_row(name, counts, year, str(uid)))
            total += counts
    if lines:
        lines.append(_stage_row("合计", total, year, "", total=True))
    columns = [label for _stage, label in STAGES] + ["合计"]
    return Chart("stages", f"{year}年整顿对象进度", "stacked", "单位", columns, lines, STAGE_TONES)


def _stage_row(name: str, counts: Mapping[str, int], year: int, uid: str, *, total: bool = False) -> Row:
    def cell(count: int, stage: str) -> Cell:
        return _cell(count, "cases:list", year=year, unit=uid, stage=stage)

    cells = [cell(counts.get(stage, 0), str(stage)) for stage, _label in STAGES]
    return Row(name, [*cells, cell(sum(counts.values()), "")], total)


def types_of_weakness(post: Appointment, year: int) -> Chart:
    """Cases of the year by main type; types of several schemes that are worded alike are told apart by issuer."""
    rows = Case.objects.visible_to(post).of_year(year).exclude(stage=Stage.SURVEY).order_by()
    counts = dict(rows.values_list("primary").annotate(n=Count("pk")))
    told = ("uid", "order", "short", "text", "scheme__issuer__short_name")
    rows = Criterion.objects.filter(pk__in=counts).select_related("scheme__issuer").only(*told)
    kinds = list(rows.order_by("order", "pk"))
    worded = Counter(str(kind) for kind in kinds)
    lines = [
        Row(
            str(kind) + (f"（{kind.scheme.issuer.short_name}）" if worded[str(kind)] > 1 else ""),
            [_cell(counts[kind.pk], "cases:list", year=year, type=str(kind.uid))],
        )
        for kind in kinds
    ]
    return Chart("types", f"{year}年整顿对象主要类型", "bars", "主要类型", ["整顿对象"], lines)


def problems_by_month(post: Appointment, year: int, today: date) -> Chart:
    """Problems entered and 销号 month by month, from the first month of either to this one."""
    rows = problems_of(post, year)
    found, closed = {}, {}
    both = _monthly(rows, "entered_at").union(_monthly(rows.exclude(closed_on=None), "closed_on"), all=True)
    for column, month, count in both:
        (found if column == "entered_at" else closed)[month] = count
    lines = [
        Row(
            f"{first.year}年{first.month}月",
            [
                _cell(found.get(first, 0), "reports:problems", year=year, entered=f"{first:%Y-%m}"),
                _cell(closed.get(first, 0), "reports:problems", year=year, closed=f"{first:%Y-%m}"),
            ],
        )
        for first in _months([*found, *closed], today)
    ]
    note = "列出：问题写入清单的月份；销号：确认销号的月份。"
    columns = ["列出问题", "已销号"]
    return Chart(
        "problems", f"{year}年问题列出与销号", "lines", "月份", columns, lines, ("red", "green"), note
    )


def problems_of(post: Appointment, year: int) -> QuerySet[Problem]:
    """The year's problems within scope, each with `entered_at`: when it was written into the list."""
    history = Problem.pgh_event_model.objects.filter(pgh_obj=OuterRef("pk"), pgh_label="insert")  # type: ignore[attr-defined]
    entered = Subquery(history.order_by("pgh_id").values("pgh_created_at")[:1])
    return Problem.objects.visible_to(post).filter(case__year=year).annotate(entered_at=entered).order_by()


def _monthly(rows: QuerySet[Problem], column: str) -> QuerySet:
    """How many there are by the month of a column: its name, month, number."""
    month = TruncMonth(column, output_field=DateField())
    return (
        rows.annotate(column=Value(column), month=month)
        .values_list("column", "month")
        .annotate(n=Count("pk"))
    )


def _months(known: Sequence[date], today: date) -> list[date]:
    """Every month from the first known one to the last, which is this month where the year still runs."""
    if not known:
        return []
    first, last = min(known), max(known)
    if today.year == last.year:
        last = max(last, today.replace(day=1))
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in months]


def duties_by_light(post: Appointment, year: int, today: date) -> Chart:
    """What the units below owe in the year: late, near, still open, done; each number is the list of duties."""
    rows = Duty.objects.visible_to(post).filter(scheme__year=year).order_by()
    kinds = {
        "overdue": is_overdue(today),
        "near": is_near(today),
        "": Q(state=DutyState.OPEN),
        "done": Q(state=DutyState.DONE),
    }
    width = len(post.organization.path) + PATH_STEP
    counted = rows.values_list(Left("org_path", width)).annotate(
        **{f"n{n}": Count("pk", filter=kind) for n, kind in enumerate(kinds.values())}
    )
    units = Organization.objects.visible_to(post).children_of(post.organization).active()
    units = units.only("path", "short_name", "uid")
    sums = {path: counts for path, *counts in counted}
    lines = [
        _duty_row(unit, dict(zip(kinds, sums[unit.path], strict=True)), year)
        for unit in units
        if any(sums.get(unit.path, ()))
    ]
    columns = ["逾期", "临期", "待办（含前两项）", "已完成"]
    return Chart(
        "duties", f"{year}年时限任务", "bars", "单位", columns, lines, ("red", "yellow", "blue", "green")
    )


def _duty_row(unit: Organization, counts: Mapping[str, int], year: int) -> Row:
    asked = {"year": year, "unit": str(unit.uid)}
    return Row(
        unit.short_name,
        [_cell(count, "duties:list", **asked, state=state) for state, count in counts.items()],
    )


def filings_by_unit(post: Appointment, year: int, today: date) -> Chart:
    """What the units right below were to file and what became of it: the numbers of 报送情况."""
    found = matrix_of(post, year, today=today)

    def cell(unit: Unit, standing: Standing) -> Cell:
        asked = {
            "level": found.level,
            "period": found.period,
            "standing": str(standing),
            "unit": str(unit.uid),
        }
        return _cell(found.counts(unit=unit.pk)[standing], "filings:owed", **asked)

    lines = [Row(unit.name, [cell(unit, standing) for standing in Standing]) for unit in found.units]
    columns = [standing.label for standing in Standing]
    tones = ("green", "yellow", "orange", "red", "grey")
    return Chart("filings", f"{year}年报送情况", "stacked", "单位", columns, lines, tones)
