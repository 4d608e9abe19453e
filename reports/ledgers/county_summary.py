"""县（市）汇总表 (domain §5.12): a row per unit right below the selected one, each number with its list behind it.

The quota is the one of 倒排比例落实情况表; everything else is counted from the cases, their problems and the tree.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from operator import itemgetter

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest, JSONObject, Left, Length, NullIf
from django.utils import timezone

from accounts.tables import Column
from organizations.models import Organization
from organizations.rules import PATH_STEP, Field, Level
from rectification.cases.models import Outcome
from rectification.cases.models import Source as From
from rectification.remediation.models import Problem, ProblemState
from rectification.remediation.support.in_place import with_complete
from rectification.schemes.models import Criterion, ItemKind, Scheme, SchemeItem
from rectification.workflow import Stage
from reports.ledgers.declaration import Ledger, Record, Selection, Total, once
from reports.ledgers.figures import OF_CASE, Counted, Figure, Part, Source, cases_of, folded, of_cases
from reports.ledgers.quota import least_of

TOTAL, OWN = "total", "own"
USUAL = (Field.VILLAGE, Field.COMMUNITY)


# --- what is counted -------------------------------------------------------------------------------------------


def organizations(selection: Selection) -> QuerySet:
    """The grassroots organizations of the tree; branches below one of them are not counted (domain §6)."""
    units = Organization.objects.visible_to(selection.post).under(selection.unit).grassroots().active()
    over = Left(OuterRef("path"), Greatest(Length(OuterRef("path")) - PATH_STEP, 0))
    rows = units.filter(~Exists(units.order_by().filter(path=over))).order_by("path")
    return rows.values(
        "uid", "path", "field", organization_name=F("short_name"), case=Value(None, IntegerField())
    )


@once
def said(selection: Selection) -> list[tuple[int, list[str], list[Record]]]:
    """What the schemes of the year's cases say: key, support item by item, main types."""
    own = {"scheme": OuterRef("pk")}
    items = SchemeItem.objects.filter(**own, kind=ItemKind.SUPPORT).order_by("order").values("text")
    told = JSONObject(order="order", pk="pk", short="short", text="text")
    criteria = Criterion.objects.filter(**own).order_by().values(told=told)
    rows = Scheme.objects.filter(pk__in=cases_of(selection).order_by().values("scheme")).order_by("pk")
    return list(rows.values_list("pk", ArraySubquery(items), ArraySubquery(criteria)))


def cases(selection: Selection) -> QuerySet:
    """The year's cases with where they come from, what came of them and whether their support is complete: every item
    of the scheme's that a program can tell, on the day ledger 4 looks."""
    texts = {scheme: items for scheme, items, _criteria in said(selection) if items}
    rows = with_complete(cases_of(selection), texts, timezone.localdate())
    named = Coalesce(NullIf("primary__short", Value("")), "primary__text")
    taken = {name: F(path) for name, path in OF_CASE.items()}
    return rows.values("source", "stage", "outcome", "complete", criterion=named, **taken)


def problems(selection: Selection) -> QuerySet:
    """The problems of those cases."""
    return of_cases(Problem.objects.all(), selection, "state", words="text")


ORGANIZATIONS = Source("organizations", "党组织", organizations, case=None)
CASES = Source("cases", "整顿对象", cases, ("source", "stage", "outcome", "complete", "criterion"), case="")
PROBLEMS = Source("problems", "问题", problems, ("state",))


def alike(selection: Selection) -> dict[str, list[Record]]:
    """All of them, folded to the units right below."""
    return folded(selection, (ORGANIZATIONS, CASES, PROBLEMS), levels=1)


# --- the figures -----------------------------------------------------------------------------------------------


def _is(key: str, *values: object) -> Callable[[Record], bool]:
    wanted = {str(value) for value in values}
    return lambda record: str(record[key]) in wanted


def _fields(used: Iterable[str]) -> list[Figure]:
    every = "基层党组织数（不含其下的支部），按目前的党组织名册"
    found = [Figure("organizations", "合计", ORGANIZATIONS, means=every, group="基层党组织数")]
    for one in Field:
        if one in USUAL or one.value in used:
            found.append(
                Figure(
                    f"organizations_{one}",
                    one.label,
                    ORGANIZATIONS,
                    _is("field", one),
                    means=f"{every}；领域为{one.label}",
                    group="基层党组织数",
                )
            )
    return found


def _of_cases() -> list[Figure]:
    def one(key: str, title: str, group: str, takes: Callable[[Record], bool], means: str) -> Figure:
        return Figure(key, title, CASES, takes, means=means, group=group)

    return [
        one("new", "新认定", "来源", _is("source", From.NEW), "本年新认定的整顿对象"),
        one("carried_in", "上年续整", "来源", _is("source", From.CARRIED), "上年没有转化、续整的对象"),
        one("mid_year", "年中增列", "来源", _is("source", From.MID_YEAR), "年中增列的整顿对象"),
        Figure("problems", "查摆", PROBLEMS, means="问题清单上的问题", group="突出问题"),
        Figure(
            "solved",
            "解决",
            PROBLEMS,
            _is("state", ProblemState.CLOSED),
            means="县级已确认销号的问题",
            group="突出问题",
        ),
        one(
            "complete",
            "帮扶到位",
            "",
            lambda record: record["complete"],
            "方案规定的帮扶力量逐项到位的对象，与帮扶力量落实情况表一致；已销号的看销号之日",
        ),
        one("passed", "合格", "验收结果", _is("outcome", Outcome.PASS), "验收结果为合格"),
        one("basic", "基本合格", "验收结果", _is("outcome", Outcome.BASIC), "验收结果为基本合格"),
        one("failed", "不合格", "验收结果", _is("outcome", Outcome.FAIL), "验收结果为不合格"),
        one("carried_over", "转入下年", "", _is("stage", Stage.CARRIED), "续整、转入下年度的对象"),
    ]


@once
def kinds(selection: Selection) -> dict[str, str]:
    """The main types of these cases' schemes: column key → title; counties' own schemes may differ in their words."""
    orders: dict[str, set[int]] = defaultdict(set)
    criteria = [one for _scheme, _items, rows in said(selection) for one in rows]
    for one in sorted(criteria, key=itemgetter("order", "pk")):
        orders[one["short"] or one["text"]].add(one["order"])
    found: dict[str, str] = {}
    for name, places in orders.items():
        place = min(places)
        key = f"type_{place}" if f"type_{place}" not in found else f"type_{place}_{len(found)}"
        number = chr(0x2460 + place - 1) if len(places) == 1 and place <= 20 else ""
        found[key] = f"{number}{name}"
    return found


def _by_kind(selection: Selection) -> list[Figure]:
    return [
        Figure(
            key,
            title,
            CASES,
            _is("criterion", title[1:] if 0x2460 <= ord(title[0]) <= 0x2473 else title),
            means=f"主要类型为“{title}”的整顿对象；一个对象只有一个主要类型",
            group="主要类型",
        )
        for key, title in kinds(selection).items()
    ]


@once
def figures(selection: Selection) -> list[Figure]:
    """Every figure of the selection."""
    determined = Figure("determined", "认定数", CASES, means="本年认定的整顿对象，不含已退出整顿的")
    return [*_fields([one.value for one in Field]), determined, *_by_kind(selection), *_of_cases()]


# --- rows and columns ------------------------------------------------------------------------------------------


@once
def rows(selection: Selection) -> dict[str, Part]:
    """The units right below the selected one; what stands right at it, where anything can; 合计. None on a day on
    which there was no such unit.

    A township is one row: the table is about counties and what they are made of.
    """
    unit = selection.unit
    counties = Q(depth=unit.depth + 1) & ~Q(level=Level.GRASSROOTS)
    units = Organization.objects.visible_to(selection.post).under(unit).filter(Q(pk=unit.pk) | counties)
    there = list(units.order_by("path").only("uid", "path", "short_name", "closed_on"))
    if unit not in there:
        return {}
    below = [one for one in there if one != unit]
    if not below or unit.level in (Level.TOWNSHIP, Level.GRASSROOTS):
        return {str(unit.uid): Part(unit.short_name)}
    paths = tuple(one.path for one in below)
    found = {str(one.uid): _of_unit(one, one.short_name) for one in below if one.is_open}
    # A unit that was merged away keeps its row as long as anything is counted there
    for one in below:
        if not one.is_open:
            found[str(one.uid)] = replace(_of_unit(one, f"{one.short_name}（已撤销）"), always=False)
    found[OWN] = Part("直属", lambda record: not record["path"].startswith(paths), always=False)
    return found | {TOTAL: Part("合计")}


def _of_unit(unit: Organization, label: str) -> Part:
    """The row of a unit right below the selected one."""
    return Part(label, lambda record: record["path"].startswith(unit.path), path=unit.path)


def compute(selection: Selection, _records: Sequence[Record]) -> list[Record]:
    """The rows with their numbers and the quota; those that are there only if need be, only with something in them."""
    named = rows(selection)
    quota = _quota(selection, named)
    found: list[Record] = []
    for key, counted in COUNTED.numbers(selection).items():
        if named[key].always or any(counted.values()):
            place = None if key == TOTAL else len(found) + 1
            found.append(
                {"row": key, "place": place, "label": named[key].label, "quota": quota.get(key)} | counted
            )
    return found


def _quota(selection: Selection, named: dict[str, Part]) -> dict[str, int]:
    """The least number to be determined, by row; a township has none of its own where its county holds the survey."""
    found: dict[str, int] = {}
    for unit, number in least_of(selection):
        for key, part in named.items():
            at_unit = key == OWN  # a county's quota is the county's, not that of what stands right at it
            if not at_unit and part.holds({"path": unit.path}):
                found[key] = found.get(key, 0) + number
    return found


def shape(selection: Selection) -> tuple[tuple[Column, ...], tuple[Total, ...]]:
    """The columns: fields that exist under the unit, main types as its schemes name them."""
    units = Organization.objects.visible_to(selection.post).under(selection.unit).grassroots().active()
    used = set(units.order_by().values_list("field", flat=True).distinct())
    head = (
        Column("number", "序号", "place", kind="number", width=5),
        Column("organization", "单位", "label", width=13),
    )
    counted = [*_fields(used), *_by_kind(selection), *_of_cases()]
    columns = [_column(figure) for figure in counted]
    after = len(_fields(used))
    said = (
        Column("quota", "应定数", kind="number", width=7, group="认定"),
        Column("determined", "认定数", kind="number", width=7, group="认定"),
    )
    return (*head, *columns[:after], *said, *columns[after:]), ()


def _column(figure: Figure) -> Column:
    wide = 6 if len(figure.title) <= 4 else 8
    return Column(
        figure.key,
        figure.title,
        lambda record: record.get(figure.key),
        kind="number",
        width=wide,
        group=figure.group,
    )


COUNTED = Counted(figures, rows, alike)
COUNTY_SUMMARY = Ledger(
    key="county_summary",
    personal=False,
    title="{year}年软弱涣散基层党组织整顿情况汇总表",
    columns=(
        Column("number", "序号", "place", kind="number", width=5),
        Column("organization", "单位", "label", width=13),
    ),
    source=None,
    compute=compute,
    parts=("row",),
    shape=shape,
    counted=COUNTED,
)
