"""Opening a survey, keeping its list of organizations true, closing and re-opening its scoring.

The county holds it, or a township whose own scheme determines by itself (`holders`).
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from accounts.errors import Refused
from organizations.models import Appointment, Organization
from organizations.rules import OFFICER, PATH_STEP, Level, path_over, paths_over
from organizations.scope import subtree
from rectification.cases.models import Case
from rectification.schemes.models import Scheme, SchemeState
from rectification.survey import holders, ranking
from rectification.survey.models import Assessment, Sheet, Survey, SurveyRemark, SurveyState
from rectification.workflow import Stage


def opening_refusal(scheme: Scheme | None, unit: Organization, post: Appointment | None) -> str | None:
    """Why this post cannot open a unit's survey, or None; the same answer for button and action."""
    holder = holders.holder_of(scheme, unit)
    if holder is None:
        return "摸排以县（市、区）为单位开展"
    if post is None or post.organization_id != unit.pk or post.role != OFFICER.get(Level(unit.level)):
        return f"摸排由{unit.office}经办人开展"
    if holder.pk != unit.pk:
        return f"摸排由{holder.office}开展"
    if scheme is None or scheme.state != SchemeState.IN_FORCE:
        return "本年度还没有执行中的实施方案，请先由制发单位执行方案"
    return None


@transaction.atomic
def open_survey(
    *, scheme: Scheme, holder: Organization, by: Appointment, at: datetime, base_on: date | None = None
) -> Survey:
    """Open a unit's survey of the year: one assessment for each grassroots organization with a field.

    base_on: the day whose active organizations count; the scheme's, or today. Who was not turned round last year
    is marked as carried. A township's survey takes its organizations out of the county's. Raises Refused for a wrong
    post, without a scheme in force, when it is open already, or when the county has closed the scoring.
    """
    if refused := opening_refusal(scheme, holder, by):
        raise Refused(refused)
    # The county first: a county and its township that open at once wait for each other
    levels = (Level.COUNTY, Level.TOWNSHIP)
    list(Organization.objects.above(holder).filter(level__in=levels).select_for_update(no_key=True))
    if Survey.objects.filter(organization=holder, year=scheme.year).exists():
        raise Refused(f"{holder.short_name}{scheme.year}年摸排已经开展，不能重复开展")
    above = _survey_above(holder, scheme.year)
    survey = Survey.objects.create(
        organization=holder,
        scheme=scheme,
        year=scheme.year,
        base_on=base_on or scheme.survey_base_on or timezone.localtime(at).date(),
    )
    _take_in(survey)
    if above is not None:
        _take_in(above)
    audit.record("开展摸排", obj=survey, base_on=survey.base_on.isoformat())
    return survey


def _survey_above(holder: Organization, year: int) -> Survey | None:
    """The county's survey under lock, which a township leaves; Refused once its scoring is closed."""
    if holder.level == Level.COUNTY:
        return None
    above = paths_over(holder.path)
    rows = Survey.objects.filter(year=year, organization__path__in=above).select_related("organization")
    survey = rows.select_for_update(of=("self",)).first()
    if survey is not None and survey.state != SurveyState.SCORING:
        raise Refused(
            f"{survey.organization.office}已封存评分，{holder.short_name}的党组织已在其中排名，不能再另行摸排"
        )
    return survey


@transaction.atomic
def refresh(*, survey_id: int, by: Appointment, at: datetime) -> tuple[int, int]:
    """Follow the roster: organizations classified, moved or closed since. Returns how many came in and went out."""
    survey = locked(survey_id, by)
    if survey.state != SurveyState.SCORING:
        raise Refused(f"摸排{survey.standing}，不再增减摸排对象；确需调整的，请先解除封存")
    came, went = _take_in(survey)
    audit.record("更新摸排对象", obj=survey, came=came, went=went)
    return came, went


def unclassified(survey: Survey, apart: Iterable[Survey] | None = None) -> int:
    """How many grassroots units of the survey nobody has given a field yet: they are not in the survey.

    apart: the surveys held below it, where they are known.
    """
    return len([unit for unit in _roster(survey, apart) if not unit.field])


def locked(survey_id: int, by: Appointment) -> Survey:
    """The unit's own survey under lock; Refused for anybody but the officer of the unit that holds it."""
    survey = Survey.objects.visible_to(by).select_for_update(of=("self",)).get(pk=survey_id)
    if not holders.is_holder(survey, by):
        raise Refused(f"该事项由{survey.organization.office}经办人办理")
    return survey


def _roster(survey: Survey, below: Iterable[Survey] | None = None) -> list[Organization]:
    """Grassroots organizations that existed on the base date; branches below one of them are not counted.

    What a township surveys by its own scheme is not among them.
    """
    units = Organization.objects.under(survey.organization).grassroots()
    units = units.exclude(closed_on__lte=survey.base_on).only("pk", "path", "field").order_by("path")
    paths = {unit.path for unit in units}
    below = holders.held_below(survey).only("org_path") if below is None else below
    apart = tuple(one.org_path for one in below)
    return [unit for unit in units if path_over(unit.path) not in paths and not unit.path.startswith(apart)]


def _take_in(survey: Survey) -> tuple[int, int]:
    """Bring the assessments in line with the roster."""
    roster = {unit.pk: unit for unit in _roster(survey) if unit.field}
    scorers = _scorers(survey, roster.values())
    carried = set(
        Case.objects.filter(subtree(survey.organization.path).q("org_path"))
        .filter(year=survey.year - 1, stage=Stage.CARRIED)
        .values_list("organization_id", flat=True)
    )
    present = {row.organization_id: row for row in Assessment.objects.filter(survey=survey)}
    new = [
        Assessment(
            survey=survey,
            organization=unit,
            org_path=unit.path,
            scorer=scorers[unit.pk],
            field=unit.field,
            score=survey.scheme.full_marks,
            carried=unit.pk in carried,
        )
        for unit in roster.values()
        if unit.pk not in present
    ]
    Assessment.objects.bulk_create(new, batch_size=500)
    back, out = _adjust(survey, present, roster, scorers, carried)
    _open_sheets(survey, set(scorers.values()))
    return len(new) + back, out


def _why_out(row: Assessment, apart: dict[str, str]) -> str:
    township = next((name for path, name in apart.items() if row.org_path.startswith(path)), "")
    return f"由{township}按本级方案摸排" if township else "基准日已撤销、划出本县或领域待定"


def _adjust(
    survey: Survey,
    present: dict[int, Assessment],
    roster: dict[int, Organization],
    scorers: dict[int, Organization],
    carried: set[int],
) -> tuple[int, int]:
    """Write what changed for organizations already assessed; how many came back and how many went out."""
    changed, back, out = [], 0, 0
    apart = dict(holders.held_below(survey).values_list("org_path", "organization__short_name"))
    for pk, row in present.items():
        unit = roster.get(pk)
        before = (row.field, row.scorer_id, row.excluded, row.carried)
        if unit is None:
            row.excluded = row.excluded or _why_out(row, apart)
        else:
            row.field, row.scorer, row.excluded, row.carried = unit.field, scorers[pk], "", pk in carried
        if before == (row.field, row.scorer_id, row.excluded, row.carried):
            continue
        back += bool(before[2] and not row.excluded)
        out += bool(row.excluded and not before[2])
        changed.append(row)
    Assessment.objects.bulk_update(changed, ["field", "scorer", "excluded", "carried"], batch_size=500)
    return back, out


def _scorers(survey: Survey, units: Iterable[Organization]) -> dict[int, Organization]:
    """Who scores each unit: the township above it, or the survey's holder for what stands directly below."""
    townships = Organization.objects.under(survey.organization).filter(level=Level.TOWNSHIP)
    by_path = {township.path: township for township in townships}

    def above(path: str) -> Organization:
        ends = range(len(path) - PATH_STEP, len(survey.organization.path), -PATH_STEP)
        return next((by_path[path[:end]] for end in ends if path[:end] in by_path), survey.organization)

    return {unit.pk: above(unit.path) for unit in units}


def _open_sheets(survey: Survey, units: set[Organization]) -> None:
    known = set(survey.sheets.values_list("organization_id", flat=True))
    Sheet.objects.bulk_create(
        Sheet(survey=survey, organization=unit, org_path=unit.path) for unit in units if unit.pk not in known
    )


def freezing_lacks(survey: Survey) -> list[str]:
    """What stands against closing the scoring unless a reason is written, in words."""
    lacks = []
    waiting = survey.sheets.not_submitted().filter(
        organization__in=Assessment.objects.of(survey).values("scorer_id")
    )
    names = list(waiting.values_list("organization__short_name", flat=True))
    if names:
        shown = "、".join(names[:8]) + (f"等 {len(names)} 个单位" if len(names) > 8 else "")
        lacks.append(f"{shown}还没有提交评分")
    if count := unclassified(survey):
        lacks.append(f"有 {count} 个基层党组织未分类，没有参加摸排")
    return lacks


@transaction.atomic
def freeze(*, survey_id: int, by: Appointment, at: datetime, reason: str = "") -> Survey:
    """Close the scoring and store the ranks.

    Raises Refused while townships have not submitted or units have no field, unless a reason is written.
    """
    survey = locked(survey_id, by)
    if survey.state != SurveyState.SCORING:
        raise Refused(f"摸排{survey.standing}，不能重复封存")
    # A save under way holds its sheet; after this nobody can save any more
    list(survey.sheets.select_for_update().values_list("pk", flat=True))
    lacks = freezing_lacks(survey)
    if lacks and not reason.strip():
        raise Refused(f"{'；'.join(lacks)}。确需先行封存的，请写明理由")
    store_ranks(survey)
    survey.state, survey.frozen_at = SurveyState.FROZEN, at
    survey.save_version("state", "frozen_at")
    if lacks:
        SurveyRemark.objects.create(survey=survey, what="封存评分", reason=reason.strip(), by=by, at=at)
    audit.record("封存评分", obj=survey, lacks=len(lacks))
    return survey


def store_ranks(survey: Survey) -> None:
    """Write every rank in one statement."""
    places = [place for group in ranking.groups_of(survey) for place in group.selection.places]
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE rectification_assessment AS a SET "rank" = p.place, version = a.version + 1'
            " FROM unnest(%s::bigint[], %s::int[]) AS p (pk, place) WHERE a.id = p.pk",
            [[place.key for place in places], [place.rank for place in places]],
        )


@transaction.atomic
def unfreeze(*, survey_id: int, by: Appointment, at: datetime, reason: str) -> Survey:
    """Open the scoring again, with the reason on record; what townships submitted stays submitted."""
    survey = locked(survey_id, by)
    if not survey.proposable:
        raise Refused(f"摸排{survey.standing}，不能解除封存")
    if not reason.strip():
        raise Refused("解除封存须写明理由")
    survey.state, survey.frozen_at = SurveyState.SCORING, None
    survey.save_version("state", "frozen_at")
    Assessment.objects.filter(survey=survey).update(rank=None, version=F("version") + 1)
    SurveyRemark.objects.create(survey=survey, what="解除封存", reason=reason.strip(), by=by, at=at)
    audit.record("解除封存", obj=survey)
    return survey
