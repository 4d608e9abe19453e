"""公布、公示 as it is done: where and from when to when, what was objected and how it was handled, closing it."""

from datetime import date, datetime
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.versions import lock
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.evidence import actions as evidence
from rectification.reviews import actions as reviews
from rectification.reviews.models import Review, ReviewState
from rectification.schemes.models import StepMode
from rectification.survey import holders, opening
from rectification.survey import publicity_rules as rules
from rectification.survey.determination_rules import quota_refusal
from rectification.survey.joint_models import Objection, Publicity
from rectification.survey.models import Assessment, Survey, SurveyState
from rectification.survey.ranking import assessed_name, field_groups
from rectification.workflow import Stage


def publishing_refusal(survey: Survey, post: Appointment | None) -> str | None:
    """Why this post cannot record a publicity now, or None: at its step, or after a decision that names none."""
    if not holders.is_holder(survey, post):
        return f"公布由{survey.organization.office}经办人登记"
    review = survey.review
    if review is None or survey.state not in (SurveyState.PROPOSED, SurveyState.DETERMINED):
        return "名单还没有提交，不能公布"
    if _standing(review):
        return None
    if review.steps.filter(mode=StepMode.PUBLISH).exists():
        at = review.standing_step
        return (
            f"现在是“{at.name}”，还没有到公布的环节"
            if at and review.state == ReviewState.PENDING
            else "公布已经办结"
        )
    return None if survey.state == SurveyState.DETERMINED else "名单还没有审定，不能公布"


def correction_refusal(standing: Publicity) -> str | None:
    """Why what is published cannot be corrected any more, or None; the same answer for page and action."""
    return "公布已经办结，不再修改" if standing.closed_at else None


def _standing(review: Review) -> bool:
    step = review.standing_step
    return review.state == ReviewState.PENDING and step is not None and step.mode == StepMode.PUBLISH


@transaction.atomic
def publish(
    *,
    survey_id: int,
    place: str,
    starts_on: date | None,
    ends_on: date | None,
    by: Appointment,
    at: datetime,
    document: str = "",
    upload: BinaryIO | None = None,
    version: int | None = None,
) -> Publicity:
    """Record where the list is shown and how long, or correct it while it runs. Raises Invalid by field."""
    survey = opening.locked(survey_id, by)
    standing = Publicity.objects.filter(survey=survey).first()
    if standing is not None:
        standing = lock(Publicity.objects.all(), pk=standing.pk, version=version)
        if refused := correction_refusal(standing):
            raise Refused(refused)
    elif refused := publishing_refusal(survey, by):
        raise Refused(refused)
    least = survey.scheme.publicity_least_days
    errors = rules.period_errors(starts_on, ends_on, place, least_days=least, year=survey.year)
    if not errors:
        errors = _out_of_order(survey, starts_on, ends_on)
    if errors:
        raise Invalid({field: [text] for field, text in errors.items()})
    one = standing or Publicity(survey=survey, organization=survey.organization)
    one.place, one.starts_on, one.ends_on, one.document = place.strip(), starts_on, ends_on, document.strip()
    one.by, one.at = by, at
    if upload:
        note = f"{survey}名单公布"
        one.scan = evidence.store_paper(
            organization=survey.organization, upload=upload, by=by, at=at, note=note
        )
    if standing:
        one.version += 1
    one.save()
    audit.record("登记名单公布", obj=one)
    return one


def _out_of_order(survey: Survey, starts_on: date | None, ends_on: date | None) -> dict[str, str]:
    """A publication after the decision does not begin before it."""
    if survey.state != SurveyState.DETERMINED or survey.review is None:
        return {}
    decided = survey.review.steps.filter(decides=True).values_list("decided_on", flat=True).first()
    dates = rules.Dates(publicity_from=starts_on, publicity_to=ends_on, determined_on=decided)
    return {
        {"publicity_from": "starts_on"}.get(field, field): text
        for field, text in rules.order_errors(dates).items()
    }


def _locked(publicity_id: int, by: Appointment, version: int | None = None) -> Publicity:
    Publicity.objects.visible_to(by).get(pk=publicity_id)
    rows = Publicity.objects.select_related("survey__scheme", "survey__review", "survey__organization")
    one = lock(rows, pk=publicity_id, version=version)
    if not holders.is_holder(one.survey, by):
        raise Refused(f"公布由{one.survey.organization.office}经办人登记")
    if one.closed_at:
        raise Refused("公布已经办结，不再增改")
    return one


def plain(one: Objection) -> rules.Objection:
    """An objection as the rules take it."""
    return rules.Objection(
        about=assessed_name(one.assessment),
        text=one.text,
        raised_on=one.raised_on,
        handling=one.handling,
        handled_on=one.handled_on,
        upheld=one.upheld,
    )


def published(publicity: Publicity) -> list[Assessment]:
    """Who was on the published list: what an objection may be about."""
    review = publicity.survey.review
    uids = [row["uid"] for row in review.content.get("list", [])] if review else []
    rows = Assessment.objects.filter(survey=publicity.survey_id, uid__in=uids)
    return list(rows.select_related("organization", "scorer", "survey", "case"))


@transaction.atomic
def object_to(
    *, publicity_id: int, assessment_uid: str, text: str, raised_on: date, by: Appointment, at: datetime
) -> Objection:
    """Record an objection, never who raised it."""
    one = _locked(publicity_id, by)
    about = next((row for row in published(one) if str(row.uid) == assessment_uid), None)
    if about is None:
        raise Invalid({"assessment": ["请选择名单中的一个整顿对象"]})
    objection = Objection(
        publicity=one, assessment=about, text=text.strip(), raised_on=raised_on, by=by, at=at
    )
    _check(objection, one, at)
    objection.save()
    audit.record("登记公示异议", obj=one, about=str(about))
    return objection


def _check(objection: Objection, publicity: Publicity, at: datetime) -> None:
    today = timezone.localdate(at)
    errors = rules.objection_errors(plain(objection), starts_on=publicity.starts_on, today=today)
    if objection.handled_on and objection.handled_on > today:
        errors.setdefault("handled_on", "处理日期晚于今天")
    if errors:
        raise Invalid({field: [words] for field, words in errors.items()})


@transaction.atomic
def handle(
    *,
    objection_id: int,
    handling: str,
    handled_on: date | None,
    upheld: bool | None,
    by: Appointment,
    at: datetime,
) -> Objection:
    """How an objection was handled: words, day and whether it stands. Who failed the lookback stays on the list."""
    seen = Objection.objects.visible_to(by).get(pk=objection_id)
    publicity = _locked(seen.publicity_id, by)
    objection = (
        Objection.objects.select_for_update(of=("self",))
        .select_related("assessment__organization", "assessment__scorer", "assessment__survey")
        .get(pk=objection_id)
    )
    objection.handling, objection.handled_on, objection.upheld = handling.strip(), handled_on, upheld
    if upheld and objection.assessment.carried:
        raise Invalid({"upheld": ["上年整顿未转化到位，必须列为续整对象，不能因异议移出名单"]})
    if not objection.handling:
        raise Invalid({"handling": ["请写明调查核实和处理情况"]})
    _check(objection, publicity, at)
    objection.save()
    audit.record("处理公示异议", obj=publicity, upheld=upheld)
    return objection


@transaction.atomic
def close(*, publicity_id: int, by: Appointment, at: datetime, version: int | None = None) -> Publicity:
    """办结: the period is over and every objection handled.

    Before the decision whoever an objection was upheld about leaves the list; after it, its case must be withdrawn
    first. Then the chain goes on with the result in words.
    """
    one = _locked(publicity_id, by, version)
    review = one.survey.review
    if review.reopened:  # closed now, its step could never be passed when the list comes back to it
        raise Refused("名单被退回正在修改，重新提交以后再办结公布")
    objections = list(one.objections.select_related("assessment__organization", "assessment__scorer"))
    for objection in objections:
        objection.assessment.survey = one.survey
    today = timezone.localdate(at)
    if refused := rules.closing_refusal(one.ends_on, [plain(row) for row in objections], today=today):
        raise Refused(refused)
    upheld = [row for row in objections if row.upheld]
    if one.survey.state == SurveyState.DETERMINED:
        _refuse_standing(upheld)
    elif upheld:
        _take_off(one.survey, review, upheld)
    one.closed_at = at
    one.save_version("closed_at")
    audit.record("办结名单公布", obj=one)
    if _standing(review):
        reviews.pass_step(review_id=review.pk, by=by, at=at, opinion=summary(one, objections))
    return one


def summary(one: Publicity, objections: list[Objection]) -> str:
    """The result in one line, as it stands in the chain."""
    days = "—".join(f"{day.year}年{day.month}月{day.day}日" for day in (one.starts_on, one.ends_on))
    if not objections:
        return f"{days}在{one.place}公布，无异议"
    names = rules.upheld(plain(row) for row in objections)
    tail = f"，其中{'、'.join(names)}异议成立" if names else "，经核实均不成立"
    return f"{days}在{one.place}公布，收到异议 {len(objections)} 件{tail}"


def _refuse_standing(upheld: list[Objection]) -> None:
    open_ = Case.objects.filter(assessment__in=[row.assessment_id for row in upheld])
    if names := [str(case.organization) for case in open_.exclude(stage=Stage.WITHDRAWN)]:
        raise Refused(f"{'、'.join(names)}异议成立，请先办理退出整顿，再办结公布")


def _take_off(survey: Survey, review: Review, upheld: list[Objection]) -> None:
    """Whoever an objection was upheld about leaves the list, with the reason; fewer than the quota is refused."""
    gone = {str(row.assessment.uid): row for row in upheld}
    left = [row for row in review.content["list"] if row["uid"] not in gone]
    _check_quota(survey, review, left)
    for row in gone.values():
        row.assessment.chosen, row.assessment.primary, row.assessment.national_type = False, None, None
        row.assessment.save_version("chosen", "primary", "national_type")
    taken = [{"name": assessed_name(row.assessment), "reason": row.handling} for row in gone.values()]
    review.content = review.content | {
        "list": left,
        "taken_off": review.content.get("taken_off", []) + taken,
    }
    review.save(update_fields=["content"])


def _check_quota(survey: Survey, review: Review, left: list[dict]) -> None:
    present = {row["field"] for row in review.content["list"]}
    for group in field_groups(survey.scheme.quotas.all(), present):
        known = review.content["summary"].get(group.title, {})
        determined = sum(row["field"] in group.fields for row in left)
        refused = quota_refusal(
            determined,
            known.get("quota"),
            shortfall_reason=survey.fewer_reason,
            consent=survey.fewer_consent,
        )
        if refused:
            raise Refused(
                f"{group.title}：异议成立的移出后，{refused}；请退回名单，补列对象或补登理由和同意意见"
            )
        if known:
            known["determined"] = determined
