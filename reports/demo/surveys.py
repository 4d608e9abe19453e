"""A county's survey: opened, scored by its townships, closed, decided."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal

from rectification.schemes.models import Scheme, StepMode
from rectification.survey import actions, ranking
from rectification.survey.entries import Entry
from rectification.survey.models import Assessment, Survey, SurveyState
from rectification.survey.sheet_step_rules import StepEntry
from rectification.survey.sheet_steps import steps_of_sheet
from reports.demo import chain
from reports.demo.words import FINDINGS, SHEET_RETURN, SOURCES, TOWNSHIP_OPINIONS
from reports.demo.world import World

# Criteria that scoring finds a little of in many places, with at most so many points
MILD = ((4, 3), (5, 2), (7, 2))
FEWER = {
    "fewer_reason": "其他领域党组织均已摸排，未发现扣分情形",
    "fewer_consent": "市委组织部组织科同意，电话记录已归档",
}
VILLAGE_FIELDS = ("village", "community")


def open_(world: World, scheme: Scheme, county: str, day: date) -> Survey:
    """The county opens its survey."""
    with world.scene(world.county(county), day) as now:
        base = min(scheme.survey_base_on, day)
        return actions.open_survey(scheme=scheme, holder=world.unit(county), base_on=base, **now)


def sheets(world: World, survey: Survey) -> list[str]:
    """The names of the townships that score."""
    return list(survey.sheets.order_by("org_path").values_list("organization__name", flat=True))


def score(
    world: World,
    survey: Survey,
    township: str,
    day: date,
    weak: Mapping[str, tuple[int, ...]],
    mild: bool = True,
) -> None:
    """A township's officer enters what was found: heavy points for the weak ones, a little here and there."""
    with world.scene(world.township(township), day, 10) as now:
        for row in _rows(survey, township):
            name = f"{township}/{row.organization.short_name}"
            found = _heavy(world, weak[name]) if name in weak else _mild(world, row) if mild else {}
            if found:
                actions.save_findings(assessment_id=row.pk, deductions=found, version=None, **now)


def _rows(survey: Survey, township: str) -> list[Assessment]:
    rows = Assessment.objects.of(survey).filter(scorer__name=township)
    return list(rows.select_related("organization").order_by("org_path"))


def _heavy(world: World, criteria: tuple[int, ...]) -> dict[int, Entry]:
    most = iter((10, 8, 5))
    return {
        order: Entry(
            Decimal(next(most)) - Decimal(world.rng.randrange(7)) / 2,
            world.rng.choice(FINDINGS[order]),
            SOURCES[order],
        )
        for order in criteria
    }


def _mild(world: World, row: Assessment) -> dict[int, Entry]:
    if world.rng.random() > 0.4:
        return {}
    order, most = world.rng.choice(MILD if row.field in VILLAGE_FIELDS else MILD[:2])
    points = Decimal(world.rng.randrange(1, most * 2 + 1)) / 2
    return {order: Entry(points, world.rng.choice(FINDINGS[order]), SOURCES[order])}


def submit(world: World, survey: Survey, township: str, day: date, proposed: Collection[str] = ()) -> None:
    """The township sends its scores to the county, with whom it proposes."""
    with world.scene(world.township(township), day, 16) as now:
        chosen = [row for row in _rows(survey, township) if _name(row) in proposed]
        sheet = survey.sheets.select_related("survey__organization", "survey__scheme", "organization").get(
            organization__name=township
        )
        meeting = [
            StepEntry(
                step.order,
                body=f"{sheet.organization.organ}会议",
                decided_on=day,
                document=f"{township[:1]}党纪〔{survey.year}〕{6 + len(chosen)}号",
                opinion="同意评分和提名，报县委组织部",
            )
            for step in steps_of_sheet(sheet)
        ]
        actions.submit_township(
            survey_id=survey.pk,
            proposed={row.pk for row in chosen},
            opinions={row.pk: _opinion(row) for row in chosen},
            steps=meeting,
            **now,
        )


def _opinion(row: Assessment) -> str:
    """The township's words on whom it proposes, by the heaviest of what was found."""
    heaviest = row.findings.order_by("-deduction").values_list("criterion__order", flat=True).first()
    return TOWNSHIP_OPINIONS.get(heaviest, "同意列为整顿对象")


def send_back(world: World, survey: Survey, township: str, day: date) -> None:
    """The county wants the words that are missing."""
    sheet = survey.sheets.get(organization__name=township)
    with world.scene(world.county(survey.organization.name), day, 11) as now:
        actions.return_township(sheet_id=sheet.pk, reason=SHEET_RETURN, **now)


def propose(world: World, survey: Survey, weak: Mapping[str, tuple[int, ...]], day: date) -> None:
    """The county closes the scoring and sends its list up: everyone listed, and the weak ones beyond the quota."""
    post = world.county(survey.organization.name)
    with world.scene(post, day, 9) as now:
        actions.freeze(survey_id=survey.pk, **now)
    with world.scene(post, day + timedelta(days=2), 15) as now:
        survey.refresh_from_db()
        chosen: dict[int, int | None] = {}
        reasons: dict[str, str] = {}
        for group in ranking.groups_of(survey):
            own = [row for row in group.rows if row.place.listed or _name(row.assessment) in weak]
            chosen |= {row.assessment.pk: _primary(row) for row in own}
            if len(own) < (group.selection.quota or 0):
                reasons = FEWER
        actions.propose(survey_id=survey.pk, chosen=chosen, **reasons, **now)
    survey.refresh_from_db()


def _name(row: Assessment) -> str:
    return f"{row.scorer.name}/{row.organization.short_name}"


def _primary(row: ranking.Row) -> int | None:
    """The criterion with the most points; who is carried over without a new finding has the first of all."""
    heaviest = max(row.findings, key=lambda finding: finding.deduction, default=None)
    return heaviest.criterion_id if heaviest else None


def determine(world: World, survey: Survey, day: date, minutes: str) -> None:
    """The list takes its steps up to the decision; the organizations become cases."""
    post = world.county(survey.organization.name)
    while survey.state != SurveyState.DETERMINED:
        survey.refresh_from_db()
        step = survey.review.standing_step
        if step.mode == StepMode.JOINT:
            chain.answers_on_paper(world, survey, day - timedelta(days=4))
        elif step.mode == StepMode.HANDLE:
            with world.scene(post, day - timedelta(days=1), 15) as now:
                actions.record_determination(review_id=survey.review_id, opinion="同意提请审定", **now)
        else:
            meeting = "常委会" if "常委会" in step.name else "组织部部务会"
            with world.scene(post, day, 10) as now:
                actions.record_determination(
                    review_id=survey.review_id,
                    body=f"{survey.organization.organ}{meeting}",
                    document=minutes,
                    decided_on=day,
                    opinion="同意列为整顿对象",
                    **now,
                )
        survey.refresh_from_db()
