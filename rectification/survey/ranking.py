"""The ranking as it stands: a county's assessments read once, cut by the rules, group by group."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from organizations.rules import Field
from rectification.schemes.models import Criterion, Quota, Scheme
from rectification.schemes.terms import field_names
from rectification.survey import rules, terms
from rectification.survey.holders import NONE_APART, Apart, apart_by_field
from rectification.survey.merged import gone_words
from rectification.survey.models import Assessment, Finding, Survey


@dataclass(frozen=True)
class FieldGroup:
    """Fields that are ranked together: those of one quota row, or one field for which no share is set."""

    fields: tuple[str, ...]
    percent: Decimal | None
    apart: Apart = NONE_APART

    def least(self, organizations: int) -> int | None:
        """How many of these organizations must be determined at least; None without a share.

        What townships survey by themselves counts in the base, what they determined towards the share.
        """
        if self.percent is None:
            return None
        whole = rules.quota_size(organizations + self.apart.organizations, self.percent)
        return max(whole - self.apart.determined, 0)

    @property
    def title(self) -> str:
        """The fields in words: 村、社区."""
        return field_names(self.fields)


@dataclass(frozen=True)
class Row:
    """One organization in the ranking: what was found there and where that puts it."""

    assessment: Assessment
    findings: Sequence[Finding]
    place: terms.Place

    def hit(self, criteria: Sequence[Criterion]) -> list[Criterion]:
        """What may be its primary type: the criteria met, else those with any deduction, else all of them."""
        met = [criterion for criterion in criteria if criterion.order in self.place.criteria]
        return met or [finding.criterion for finding in self.findings if finding.deduction] or list(criteria)


@dataclass(frozen=True)
class Group:
    """One ranking with its cut."""

    of: FieldGroup
    selection: terms.Selection
    rows: Sequence[Row]

    @property
    def organizations(self) -> int:
        """How many the share is taken of."""
        return len(self.rows)


def field_groups(
    quotas: Iterable[Quota], present: Iterable[str], apart: Mapping[str, Apart] | None = None
) -> list[FieldGroup]:
    """The groups of a survey: the quota rows that concern anyone, then every other field on its own."""
    left = set(present)
    groups = []
    for quota in quotas:
        fields = tuple(field.value for field in Field if field in quota.fields)
        if left & set(fields):
            groups.append(FieldGroup(fields, quota.percent, pooled(fields, apart or {})))
        left -= set(fields)
    return groups + [FieldGroup((field.value,), None) for field in Field if field in left]


def pooled(fields: Iterable[str], apart: Mapping[str, Apart]) -> Apart:
    """What townships survey by themselves in some fields together."""
    found = [apart[field] for field in fields if field in apart]
    return Apart(sum(one.organizations for one in found), sum(one.determined for one in found))


def assessed_name(assessment: Assessment) -> str:
    """The organization as a county calls it, with its township: 柳溪镇石桥村."""
    if assessment.scorer_id == assessment.survey.organization_id:
        return assessment.organization.short_name
    return f"{assessment.scorer.short_name}{assessment.organization.short_name}"


def plain(
    assessment: Assessment, findings: Sequence[Finding], criteria: Mapping[int, Criterion]
) -> terms.Assessment:
    """A row as the rules take it; a criterion without points holds as soon as it is found (S1 扶风)."""
    found = [(criteria[finding.criterion_id], finding) for finding in findings]
    return terms.Assessment(
        key=assessment.pk,
        name=assessed_name(assessment),
        deductions={criterion.order: finding.deduction for criterion, finding in found},
        met=frozenset(criterion.order for criterion, _ in found if not criterion.points),
        failed_lookback=assessment.carried,
        gone=gone_words(assessment, assessment.survey),
    )


def findings_of(assessments: Iterable[int], *, evidence: bool = False) -> dict[int, list[Finding]]:
    """Findings by assessment, in one query; with their files in one more."""
    found = defaultdict(list)
    rows = Finding.objects.filter(assessment__in=assessments)
    if evidence:
        rows = rows.prefetch_related("attachments")
    for finding in rows.select_related("criterion", "by__user", "by__organization"):
        found[finding.assessment_id].append(finding)
    return found


def assessments_of(survey: Survey) -> list[Assessment]:
    """Everything assessed in a survey, with what pages and rules need of it."""
    related = Assessment.objects.of(survey).select_related("organization", "primary")
    rows = list(related.prefetch_related("scorer"))  # a few townships score them all
    for row in rows:
        row.survey = survey
    return rows


def _told(survey: Survey, criteria: Sequence[Criterion]) -> dict[int, list[Finding]]:
    """All findings of a survey by assessment, with what a ranking tells of them."""
    known, found = {criterion.pk: criterion for criterion in criteria}, defaultdict(list)
    rows = Finding.objects.filter(assessment__in=Assessment.objects.of(survey).values("pk"))
    said = ("assessment", "criterion", "deduction", "words", "source", "at", "by__user__name")
    for finding in rows.select_related("by__user").only(*said):
        finding.criterion = known[finding.criterion_id]
        found[finding.assessment_id].append(finding)
    return found


def groups_of(survey: Survey) -> list[Group]:
    """The survey's rankings under its scheme, as they stand now."""
    scheme = survey.scheme
    rows = assessments_of(survey)
    criteria = list(scheme.criteria.all())
    found = _told(survey, criteria)
    groups = []
    present = {row.field for row in rows}
    for of in field_groups(scheme.quotas.all(), present, apart_by_field(survey)):
        members = {row.pk: row for row in rows if row.field in of.fields}
        selection = select(scheme, criteria, of, members.values(), found)
        places = [Row(members[place.key], found.get(place.key, ()), place) for place in selection.places]
        groups.append(Group(of, selection, places))
    return groups


def select(
    scheme: Scheme,
    criteria: Sequence[Criterion],
    of: FieldGroup,
    members: Iterable[Assessment],
    found: Mapping[int, Sequence[Finding]],
    mode: str = "",
) -> terms.Selection:
    """Rank and cut one group, under the scheme's mode or under another one for comparison."""
    by_id = {criterion.pk: criterion for criterion in criteria}
    values = [plain(row, found.get(row.pk, ()), by_id) for row in members]
    return rules.select(
        values,
        criteria=criteria,
        mode=mode or scheme.mode,
        quota=of.least(len(values)),
        full_marks=scheme.full_marks,
    )


@dataclass(frozen=True)
class Comparison:
    """Who would be in the list under another way of selecting."""

    mode: str
    listed: int
    enter: Sequence[str]
    leave: Sequence[str]


def compare(survey: Survey, group: Group, modes: Mapping[str, str]) -> list[Comparison]:
    """The group under each of the other modes (value → label), against the scheme's own."""
    criteria = list(survey.scheme.criteria.all())
    found = {row.assessment.pk: row.findings for row in group.rows}
    members = [row.assessment for row in group.rows]
    own = {place.key: place.name for place in group.selection.listed}
    compared = []
    for mode, label in modes.items():
        listed = select(survey.scheme, criteria, group.of, members, found, mode).listed
        other = {place.key: place.name for place in listed}
        enter = [name for key, name in other.items() if key not in own]
        leave = [name for key, name in own.items() if key not in other]
        compared.append(Comparison(label, len(other), enter, leave))
    return compared
