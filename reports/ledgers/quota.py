"""倒排比例落实情况表: per county and group of fields what was asked, what was determined, and why there are fewer."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.tables import Column
from organizations.models import Organization
from organizations.rules import Level
from organizations.scope import subtree
from rectification.cases.models import Case, Source
from rectification.schemes.models import Quota
from rectification.survey.change_models import CaseChange, ChangeKind
from rectification.survey.models import Assessment, Finding, Survey, SurveyState
from rectification.survey.quota_report_rules import QuotaFacts, QuotaRow, quota_rows
from rectification.survey.ranking import FieldGroup, field_groups
from rectification.survey.rules import STEP, quota_size
from reports.ledgers.declaration import Ledger, Record, Selection

Counts = Counter[tuple[int, str]]
INCLUDED = ("carried", "hard", "added", "withdrawn")
NOT_OPEN = "尚未开展摸排"
UNFINISHED = "尚有单位没有认定；与应定数相差只计已认定的"


@dataclass
class Counted:
    """Numbers by survey and field."""

    organizations: Counts = field(default_factory=Counter)
    proposed: Counts = field(default_factory=Counter)
    determined: Counts = field(default_factory=Counter)
    carried: Counts = field(default_factory=Counter)
    hard: Counts = field(default_factory=Counter)
    added: Counts = field(default_factory=Counter)
    withdrawn: Counts = field(default_factory=Counter)

    def of(self, name: str, survey: Survey, group: FieldGroup) -> int:
        """One number of one group of fields."""
        return sum(getattr(self, name)[survey.pk, one] for one in group.fields)


def source(selection: Selection) -> QuerySet:
    """Surveys of the year held by the unit or below it, with what they were held under; two queries."""
    rows = Survey.objects.visible_to(selection.post).order_by("org_path")
    rows = rows.filter(subtree(selection.unit.path).q("org_path"), year=selection.year)
    rows = rows.select_related("organization", "scheme", "review")
    return rows.prefetch_related(Prefetch("scheme__quotas", Quota.objects.order_by("order")))


def least_of(selection: Selection) -> list[tuple[Organization, int]]:
    """应定数 alone: the unit each is of, and how many; three queries."""
    told = ("org_path", "state", "organization__level", "organization__path", "scheme__year")
    rows = source(selection).select_related(None).select_related("organization", "scheme").only(*told)
    surveys, counted = list(rows), Counted()
    _count_assessed(surveys, counted)
    found = []
    for survey in _fold(surveys, counted):
        present = {one for pk, one in counted.organizations if pk == survey.pk}
        for group in field_groups(survey.scheme.quotas.all(), present):
            if group.percent is not None:
                number = counted.of("organizations", survey, group)
                found.append((survey.organization, quota_size(number, group.percent)))
    return found


def rows_of(selection: Selection, surveys: Sequence[Survey]) -> list[Record]:
    """The report's rows of these surveys (`source`), with the unit and the fields each is about, so that a page can
    lead to the lists behind."""
    counted = _count(surveys)
    own = _fold(surveys, counted)
    facts: list[tuple[QuotaFacts, Survey, FieldGroup]] = []
    for survey in own:
        present = {one for pk, one in counted.organizations if pk == survey.pk}
        groups = field_groups(survey.scheme.quotas.all(), present)
        facts += [(_facts(survey, group, counted), survey, group) for group in groups]
    about = iter(facts)
    rows, unit = [], None
    for row in quota_rows([one for one, _survey, _group in facts]):
        group, survey = None, None
        if not row.total:
            _facts_of_row, survey, group = next(about)
            unit = survey.organization
        rows.append(_record(row, None if row.county == row.fields else unit, survey, group))
    missing = list(_not_open(selection, surveys))
    last = rows[-1:] if rows and not rows[-1]["fields"] else []
    if last and (missing or any(one.state != SurveyState.DETERMINED for one in own)):
        last[0]["remark"] = UNFINISHED
    return [*rows[: len(rows) - len(last)], *missing, *last]


def _fold(surveys: Sequence[Survey], counted: Counted) -> list[Survey]:
    """The surveys that are reported; what a township surveys by itself counts with its county's (survey.holders)."""
    counties = [one for one in surveys if not one.by_township]
    own = []
    for survey in surveys:
        above = [one for one in counties if survey.by_township and survey.org_path.startswith(one.org_path)]
        if not above:
            own.append(survey)
            continue
        for counts in (counted.organizations, counted.determined, *(getattr(counted, n) for n in INCLUDED)):
            for pk, one in [key for key in counts if key[0] == survey.pk]:
                counts[above[0].pk, one] += counts.pop((pk, one))
    return own


def _record(
    row: QuotaRow, unit: Organization | None, survey: Survey | None, group: FieldGroup | None
) -> Record:
    """A row as a record; nobody counts what is not decided, and the last line says 合计 once."""
    record = asdict(row) | {"unit": unit, "survey": survey, "group": group}
    waiting = survey is not None and survey.state != SurveyState.DETERMINED
    if waiting or (row.total and row.difference is None and not row.determined):
        record |= dict.fromkeys(("determined", "share", *INCLUDED))
    if row.county == row.fields:
        record["fields"] = ""
    return record


def _not_open(selection: Selection, surveys: Sequence[Survey]) -> Iterator[Record]:
    """Counties below the unit that hold no survey yet."""
    known = {survey.organization_id for survey in surveys}
    units = Organization.objects.visible_to(selection.post).under(selection.unit).active()
    blank: Record = dict.fromkeys(
        ("fields", "organizations", "percent", "quota", "determined", "share", "carried", "hard", "added")
    )
    for unit in units.filter(level=Level.COUNTY).exclude(pk__in=known):
        yield blank | {
            "county": unit.short_name,
            "withdrawn": None,
            "difference": None,
            "remark": NOT_OPEN,
            "total": False,
            "unit": unit,
            "survey": None,
            "group": None,
        }


def _facts(survey: Survey, group: FieldGroup, counted: Counted) -> QuotaFacts:
    decided = survey.state == SurveyState.DETERMINED
    number = counted.of("determined" if decided else "proposed", survey, group)
    facts = QuotaFacts(
        county=survey.organization.short_name,
        fields=group.fields,
        organizations=counted.of("organizations", survey, group),
        percent=group.percent,
        determined=number if decided else 0,
        fewer_reason=survey.fewer_reason,
        consent=survey.fewer_consent,
    )
    if not decided:
        return replace(facts, standing=f"{survey.standing}，拟列 {number} 个" if number else survey.standing)
    return replace(facts, **{name: counted.of(name, survey, group) for name in INCLUDED})


def _count(surveys: Sequence[Survey]) -> Counted:
    """Four queries, however many surveys there are."""
    counted = Counted()
    _count_assessed(surveys, counted)
    decided = [survey.pk for survey in surveys if survey.state == SurveyState.DETERMINED]
    changes = CaseChange.objects.filter(survey__in=decided)
    gone = set()
    for pk, survey, one, kind in changes.values_list("case", "survey", "organization__field", "kind"):
        withdrawn = kind == ChangeKind.WITHDRAWN
        (counted.withdrawn if withdrawn else counted.added)[survey, one] += 1
        gone |= {pk} if withdrawn else set()
    cases = Case.objects.filter(
        Q(assessment__survey__in=decided) | Q(changes__survey__in=decided, changes__kind=ChangeKind.ADDED)
    ).annotate(
        survey=Coalesce("assessment__survey", "changes__survey"),
        place=Coalesce("assessment__field", "organization__field"),
    )
    taken = cases.exclude(pk__in=gone).order_by().values_list("pk", "survey", "place", "source").distinct()
    for _pk, survey, one, source_ in taken:
        counted.determined[survey, one] += 1
        counted.carried[survey, one] += source_ == Source.CARRIED
    counted.hard = _hard(decided, gone)
    return counted


def _count_assessed(surveys: Sequence[Survey], counted: Counted) -> None:
    """What was assessed, and what of it is proposed where nothing is decided yet."""
    rows = (
        Assessment.objects.filter(survey__in=surveys, excluded="").order_by().values_list("survey", "field")
    )
    undecided = {survey.pk for survey in surveys if survey.state != SurveyState.DETERMINED}
    for survey, one, number, proposed in rows.annotate(
        number=Count("pk"), proposed=Count("pk", filter=Q(chosen=True))
    ):
        counted.organizations[survey, one] = number
        if survey in undecided and proposed:
            counted.proposed[survey, one] = proposed


def _hard(decided: Sequence[int], gone: set[int]) -> Counts:
    """Determined with a hard criterion met: deducted up to its threshold, or found where it has no points."""
    met = Finding.objects.filter(
        Q(deduction__gte=Coalesce(F("criterion__threshold"), Decimal(STEP))) | Q(criterion__points=0),
        assessment__survey__in=decided,
        assessment__case__isnull=False,
        criterion__hard=True,
    ).exclude(assessment__case__in=gone)
    rows = met.order_by().values_list("assessment__survey", "assessment__field")
    return Counter({(s, one): n for s, one, n in rows.annotate(n=Count("assessment", distinct=True))})


def compute(selection: Selection, surveys: Sequence[Survey]) -> list[Record]:
    """The rows on paper, each its own."""
    rows = rows_of(selection, surveys)
    for place, row in enumerate(rows):
        row["place"] = place
    return rows


QUOTA = Ledger(
    key="quota",
    personal=False,
    title="{year}年软弱涣散基层党组织倒排比例落实情况表",
    columns=(
        Column("county", "县市区", width=12),
        Column("fields", "领域", width=24),
        Column("organizations", "党组织数", kind="number", width=9, group="应定"),
        Column("percent", "不低于", kind="percent", width=8, group="应定"),
        Column("quota", "应定数", kind="number", width=8, group="应定"),
        Column("determined", "认定数", kind="number", width=8, group="认定"),
        Column("share", "占比", kind="percent", width=9, group="认定"),
        Column("difference", "与应定数相差", kind="number", width=9, group="认定"),
        Column("carried", "上年续整", kind="number", width=8, group="其中"),
        Column("hard", "符合硬性情形", kind="number", width=9, group="其中"),
        Column("added", "年中增列", kind="number", width=8, group="其中"),
        Column("withdrawn", "年中退出", kind="number", width=8, group="其中"),
        Column("remark", "少于比例的理由、上级同意及说明", "remark", width=40),
    ),
    source=source,
    compute=compute,
    parts=("place",),
    paper="A4",
)
