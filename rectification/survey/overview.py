"""The survey at a glance: counties for the city, townships for the county."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from accounts.tables import Column, render
from organizations.models import Organization
from rectification.survey import holders
from rectification.survey.models import Assessment, Sheet, SheetState, Survey, SurveyState
from rectification.survey.ranking import FieldGroup, field_groups

TONES = {
    SurveyState.SCORING: "blue",
    SurveyState.FROZEN: "yellow",
    SurveyState.PROPOSED: "yellow",
    SurveyState.DETERMINED: "green",
}


@dataclass(frozen=True)
class FieldLine:
    """A group of fields in one survey: how many organizations, how many must be determined at least."""

    of: FieldGroup
    organizations: int
    chosen: int

    @property
    def quota(self) -> int | None:
        """The least number; None without a share."""
        return self.of.least(self.organizations)


def _field_lines(
    survey: Survey, counts: Counter, chosen: Counter, apart: Mapping[str, holders.Apart]
) -> list[FieldLine]:
    present = {one for one, number in counts.items() if number}
    groups = field_groups(survey.scheme.quotas.all(), present, apart)
    return [
        FieldLine(of, sum(counts[one] for one in of.fields), sum(chosen[one] for one in of.fields))
        for of in groups
    ]


def fields_of(survey: Survey) -> list[FieldLine]:
    """One survey's organizations by group of fields."""
    rows = Assessment.objects.of(survey).order_by().values_list("field")
    counted = list(rows.annotate(total=Count("pk"), listed=Count("pk", filter=Q(chosen=True))))
    counts = Counter({one: number for one, number, _ in counted})
    chosen = Counter({one: number for one, _, number in counted})
    return _field_lines(survey, counts, chosen, holders.apart_by_field(survey))


@dataclass
class County:
    """A county's line in the city's table."""

    county: Organization
    survey: Survey | None = None
    fields: list[FieldLine] = field(default_factory=list)
    submitted: int = 0
    sheets: int = 0

    @property
    def state(self) -> str:
        """Where it stands."""
        return self.survey.standing if self.survey else "未开展"

    @property
    def tone(self) -> str:
        """The light of its state."""
        return TONES[SurveyState(self.survey.state)] if self.survey else "grey"

    @property
    def url(self) -> str:
        """The county's ranking; the county itself while there is none."""
        return (
            reverse("survey:ranking", args=[self.survey.uid])
            if self.survey
            else self.county.get_absolute_url()
        )


def counties(units: Iterable[Organization], surveys: QuerySet[Survey]) -> list[County]:
    """Every county, surveyed or not, in the order of the tree: a fixed number of queries."""
    by_county = {survey.organization_id: survey for survey in surveys if not survey.by_township}
    apart = holders.apart_of(list(by_county.values()))
    rows = Assessment.objects.filter(survey__in=by_county.values(), excluded="").order_by()
    counts: dict[int, Counter] = {}
    chosen: dict[int, Counter] = {}
    grouped = rows.values_list("survey", "field").annotate(
        total=Count("pk"), listed=Count("pk", filter=Q(chosen=True))
    )
    for survey, one, number, listed in grouped:
        counts.setdefault(survey, Counter())[one] = number
        chosen.setdefault(survey, Counter())[one] = listed
    sheets = Sheet.objects.filter(survey__in=by_county.values()).order_by().values_list("survey")
    sent = {
        pk: (a, b)
        for pk, a, b in sheets.annotate(
            total=Count("pk"), sent=Count("pk", filter=Q(state=SheetState.SUBMITTED))
        )
    }
    lines = []
    for unit in units:
        line = County(unit, by_county.get(unit.pk))
        if line.survey:
            key = line.survey.pk
            numbers = (counts.get(key, Counter()), chosen.get(key, Counter()))
            line.fields = _field_lines(line.survey, *numbers, apart.get(key, {}))
            line.sheets, line.submitted = sent.get(key, (0, 0))
        lines.append(line)
    return lines


def _by_field(name: str):
    def words(line: County) -> str:
        values = [(one.of.title, getattr(one, name)) for one in line.fields]
        return "，".join(f"{title} {value}" for title, value in values if value is not None)

    return words


COLUMNS = (
    Column("county", "县（市、区）", "county.short_name", kind="link", link=lambda line: line.url),
    Column("state", "状态", kind="light", tone=lambda line: line.tone),
    Column("base_on", "基准日", lambda line: line.survey and line.survey.base_on, kind="date"),
    Column("organizations", "摸排党组织", _by_field("organizations")),
    Column("quota", "应定（不少于）", _by_field("quota")),
    Column("submitted", "乡镇已提交", lambda line: f"{line.submitted}／{line.sheets}" if line.survey else ""),
    Column(
        "chosen",
        "拟列或认定",
        lambda line: line.survey and sum(one.chosen for one in line.fields),
        kind="number",
    ),
)


def table(lines: list[County]):
    """The city's table."""
    return render(COLUMNS, lines, caption="各县（市、区）摸排进度")


SHEET_TONES = {SheetState.SCORING: "grey", SheetState.SUBMITTED: "green", SheetState.RETURNED: "yellow"}


@dataclass(frozen=True)
class Township:
    """A township's line in the county's table."""

    sheet: Sheet
    organizations: int
    scored: int
    proposed: int

    @property
    def tone(self) -> str:
        """The light of its state."""
        return SHEET_TONES[SheetState(self.sheet.state)]


def townships(survey: Survey, visible: QuerySet[Sheet]) -> list[Township]:
    """The sheets of a survey with how far they are."""
    rows = Assessment.objects.of(survey).order_by().values_list("scorer")
    counted = {
        scorer: numbers
        for scorer, *numbers in rows.annotate(
            total=Count("pk"),
            scored=Count("pk", filter=Q(deducted__gt=0)),
            proposed=Count("pk", filter=Q(township_proposes=True)),
        )
    }
    sheets = visible.filter(survey=survey).select_related("organization", "submitted_by__user")
    return [
        Township(sheet, *counted[sheet.organization_id])
        for sheet in sheets
        if sheet.organization_id in counted
    ]


def held_below(survey: Survey) -> list[Survey]:
    """The surveys that townships of this county hold by themselves, each with `organizations` left out here."""
    if survey.by_township:
        return []
    rows = holders.held_below(survey).select_related("organization", "review")
    standing = Count("assessments", filter=Q(assessments__excluded=""))
    return list(rows.annotate(organizations=standing).order_by("org_path"))


def sheet_of(survey: Survey, unit: str, visible: QuerySet[Sheet]) -> Sheet | None:
    """The sheet of the unit with this uid; without one, the nearest to whoever asks."""
    sheets = visible.filter(survey=survey).select_related("organization", "submitted_by__user")
    sheets = sheets.order_by("-org_path")
    if unit:
        try:
            sheets = sheets.filter(organization__uid=UUID(unit))
        except ValueError:
            return None
    sheet = sheets.first()
    if sheet is not None:
        sheet.survey = survey
    return sheet
