"""The list of 拟整顿对象 the county makes up and sends up for decision."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from accounts.tables import show
from organizations.models import Appointment
from organizations.rules import Level
from rectification.reviews import actions as reviews
from rectification.reviews.models import Review
from rectification.schemes import chain_rules
from rectification.schemes.models import ChainStep, Criterion, Process, Scheme, StepMode
from rectification.schemes.terms import criterion_name
from rectification.survey import joint_review, opening, ranking
from rectification.survey.determination_rules import determination_refusal
from rectification.survey.models import Assessment, Survey, SurveyState
from rectification.survey.ranking import Group, Row

REASONS = {
    "tie_reason": "同分取舍的理由",
    "passed_over_reason": "列入而不认定的理由",
    "fewer_reason": "少于比例的理由",
    "fewer_consent": "上级同意意见",
}


def chain_after(scheme: Scheme, by: Appointment) -> list[ChainStep]:
    """The steps of the determination that follow the proposer's own, as this list will take them (rows never saved).

    Steps of lower levels lie behind (村自查, 乡镇初定); a 办理 of the proposer's that stands first is the proposing
    itself. Joint review and publication are closed by whoever holds the list, and one step decides. Where only the
    proposer's own step is there, it is where the decision is recorded. Raises Refused when nobody decides.
    """
    unit = by.organization
    depth = Level(unit.level).depth
    steps = chain_rules.steps_of(scheme, Process.DETERMINATION)
    ahead = [step for step in steps if Level(step.level).depth <= depth]
    deciding = chain_rules.deciding_step(ahead)
    if deciding is None:
        raise Refused("方案没有规定整顿对象由谁审定，请先在年度方案中补上认定的审批环节")
    first = ahead[0]
    own = (first.level, first.role, first.mode) == (unit.level, by.role, StepMode.HANDLE)
    if own and first is not deciding:
        ahead.remove(first)
    for step in ahead:
        step.decides = step is deciding
        if step.role == Role.DEPARTMENT:  # a chain from before the joint review had a mode of its own
            step.mode = StepMode.JOINT
        if step.mode in (StepMode.JOINT, StepMode.PUBLISH):
            step.level, step.role = unit.level, by.role
    return ahead


@transaction.atomic
def propose(
    *,
    survey_id: int,
    chosen: Mapping[int, int | None],
    by: Appointment,
    at: datetime,
    national: Mapping[int, int] | None = None,
    tie_reason: str = "",
    fewer_reason: str = "",
    fewer_consent: str = "",
    passed_over_reason: str = "",
) -> Review:
    """Send the list of 拟整顿对象 up for decision; a returned list goes again to whoever returned it.

    chosen: assessment → its primary criterion (None where only one is hit). national: assessment → its statistical
    type. Raises Refused and Invalid by domain §6; a wrong primary type has the assessment's uid as key.
    """
    survey = opening.locked(survey_id, by)
    if not survey.proposable:
        raise Refused(f"摸排{survey.standing}，现在不能提交名单")
    given = (tie_reason, passed_over_reason, fewer_reason, fewer_consent)
    reasons = {name: words.strip() for name, words in zip(REASONS, given, strict=True)}
    groups = ranking.groups_of(survey)
    _check(groups, chosen, reasons)
    rows = [row for group in groups for row in group.rows if row.assessment.pk in chosen]
    _mark(survey, rows, chosen, national or {})
    review = reviews.submit(
        process=Process.DETERMINATION,
        title=f"{survey.organization.short_name}{survey.year}年软弱涣散基层党组织整顿对象名单",
        organization=survey.organization,
        chain=chain_after(survey.scheme, by),
        content=_content(groups, rows, reasons),
        by=by,
        at=at,
        review=survey.review,
    )
    _record(survey, review, reasons, len(rows))
    joint_review.follow_list(survey, by=by, at=at)
    return review


def _record(survey: Survey, review: Review, reasons: Mapping[str, str], chosen: int) -> None:
    survey.review, survey.state = review, SurveyState.PROPOSED
    vars(survey).update(reasons)
    survey.save_version("review", "state", *reasons)
    audit.record("提交拟整顿对象名单", obj=survey, chosen=chosen, round=review.round)


def _check(groups: Iterable[Group], chosen: Collection[int], reasons: Mapping[str, str]) -> None:
    """Every refusal of every group at once, so that one round of writing reasons is enough."""
    known: set[int] = set()
    refusals = []
    for group in groups:
        keys = {place.key for place in group.selection.places}
        known |= keys
        refused = determination_refusal(
            group.selection,
            keys & set(chosen),
            tie_reason=reasons["tie_reason"],
            passed_over_reason=reasons["passed_over_reason"],
            shortfall_reason=reasons["fewer_reason"],
            consent=reasons["fewer_consent"],
        )
        if refused:
            refusals.append(f"{group.of.title}：{refused}")
    if set(chosen) - known:
        raise Refused("名单中有不在本次摸排范围内的党组织，请刷新页面后重新勾选")
    if refusals:
        raise Invalid({"": refusals})
    if not chosen:
        raise Refused("名单是空的：没有勾选任何党组织")


def _mark(
    survey: Survey, rows: Sequence[Row], chosen: Mapping[int, int | None], national: Mapping[int, int]
) -> None:
    """Write who is chosen and as what; those not chosen any more are unmarked."""
    criteria = list(survey.scheme.criteria.all())
    errors = {}
    marked = []
    for row in rows:
        primary, problem = primary_of(row, criteria, chosen[row.assessment.pk])
        if problem:
            errors[str(row.assessment.uid)] = [problem]
            continue
        one = row.assessment
        one.chosen, one.primary, one.version = True, primary, one.version + 1
        one.national_type = _national(primary, national.get(one.pk))
        marked.append(one)
    errors |= gone(rows)
    if errors:
        raise Invalid(errors)
    dropped = Assessment.objects.filter(survey=survey, chosen=True).exclude(pk__in=[one.pk for one in marked])
    dropped.update(chosen=False, primary=None, national_type=None, version=F("version") + 1)
    Assessment.objects.bulk_update(marked, ["chosen", "primary", "national_type", "version"], batch_size=500)


def gone(rows: Iterable[Row]) -> dict[str, list[str]]:
    """Organizations among these that merged away while the survey runs, each with what to do (by its uid)."""
    return {str(row.assessment.uid): [row.place.why] for row in rows if row.place.gone}


def primary_of(
    row: Row, criteria: Sequence[Criterion], wanted: int | None
) -> tuple[Criterion | None, str | None]:
    """The primary type of a chosen organization, or what is wrong with it."""
    hit = {criterion.pk: criterion for criterion in row.hit(criteria)}
    if wanted is None and len(hit) == 1:
        wanted = next(iter(hit))
    if wanted is None:
        return None, f"“{row.place.name}”没有选主要类型"
    if wanted not in hit:
        return None, f"“{row.place.name}”的主要类型不在其扣分的情形之内"
    return hit[wanted], None


def _national(primary: Criterion | None, wanted: int | None) -> int | None:
    """The one national type the criterion maps to; among several the county's choice; none stays open."""
    types = primary.national_types if primary else []
    if len(types) == 1:
        return int(types[0])
    return wanted if wanted in types else None


def _content(groups: Iterable[Group], rows: Iterable[Row], reasons: Mapping[str, str]) -> dict[str, Any]:
    """The list as it goes up: plain words, frozen, so that later changes of the roster do not alter it."""
    listed = list(rows)
    by_group = {
        group.of.title: {
            "organizations": group.organizations,
            "quota": group.selection.quota,
            "determined": sum(row.assessment.field in group.of.fields for row in listed),
        }
        for group in groups
    }
    organizations = [_frozen(row) for row in listed]
    return {
        "summary": by_group,
        "list": organizations,
        **{name: words for name, words in reasons.items() if words},
    }


def _frozen(row: Row) -> dict[str, Any]:
    one = row.assessment
    return {
        "uid": str(one.uid),
        "name": row.place.name,
        "field": one.field,
        "score": show(one.score),
        "rank": one.rank,
        "primary": criterion_name(one.primary) if one.primary else "",
        "why": row.place.why,
        "carried": one.carried,
        "findings": [
            {
                "criterion": criterion_name(finding.criterion),
                "deduction": show(finding.deduction),
                "words": finding.words,
            }
            for finding in row.findings
        ],
    }
