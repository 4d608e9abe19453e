"""部门联审 as it is done: departments are asked, answer on each candidate, the holder settles and closes it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.actions import notify
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from accounts.versions import lock
from organizations.models import Appointment
from organizations.rules import OFFICER, Level
from rectification.duties import occasional
from rectification.evidence import actions as evidence
from rectification.reviews import actions as reviews
from rectification.reviews.models import Review, ReviewState
from rectification.schemes.models import StepMode
from rectification.survey import holders, joint_board, opening
from rectification.survey import joint_review_rules as rules
from rectification.survey.joint_duties import OPINION, SETTLE, follow
from rectification.survey.joint_models import AskedDepartment, JointReview, Opinion, Settlement
from rectification.survey.models import Survey, SurveyState

Answers = Mapping[str, tuple[str, str]]
"""Candidate's uid → stance and reason; an empty stance says nothing."""


def asking_refusal(survey: Survey, post: Appointment | None) -> str | None:
    """Why this post cannot ask departments now, or None; the same answer for button and action."""
    if not holders.is_holder(survey, post):
        return f"部门联审由{survey.organization.office}经办人组织"
    review = survey.review
    if survey.state == SurveyState.DETERMINED:
        return "整顿对象已经认定，不再征求部门意见"
    if review is None or review.state != ReviewState.PENDING:
        return "名单还没有提交，或者被退回正在修改，提交以后再征求部门意见"
    return None


@transaction.atomic
def ask(
    *, survey_id: int, names: Sequence[str], answer_by_on: date | None, by: Appointment, at: datetime
) -> JointReview:
    """Ask departments about the candidates of the list, or ask further ones, or set another date.

    A joint review that was closed is open again: candidates came in that nobody was asked about.
    """
    survey = opening.locked(survey_id, by)
    if refused := asking_refusal(survey, by):
        raise Refused(refused)
    today = timezone.localdate(at)
    wanted = list(dict.fromkeys(name.strip()[:60] for name in names if name.strip()))
    joint = JointReview.objects.select_for_update().filter(survey=survey).first()
    standing = set(joint.asked.filter(withdrawn_at=None).values_list("pk", flat=True)) if joint else set()
    if refused := rules.asking_refusal([*standing, *range(len(wanted))], answer_by_on, today=today):
        raise Refused(refused)
    if joint is None:
        joint = JointReview.objects.create(
            survey=survey,
            organization=survey.organization,
            asked_on=today,
            answer_by_on=answer_by_on,
            by=by,
            at=at,
        )
    else:
        _put_off(joint, answer_by_on, by, at)
    for name in wanted:
        asked, new = AskedDepartment.objects.get_or_create(review=joint, name=name)
        if not new and asked.withdrawn_at:
            asked.withdrawn_at = None
            asked.save(update_fields=["withdrawn_at"])
    audit.record("征求部门意见", obj=joint, departments=wanted, answer_by=str(answer_by_on))
    follow(joint, by=by, at=at)
    return joint


def _put_off(joint: JointReview, answer_by_on: date, by: Appointment, at: datetime) -> None:
    """Another date: what was owed by the old one is owed by the new one."""
    if joint.answer_by_on != answer_by_on:
        words = f"反馈截止日期改为{answer_by_on.year}年{answer_by_on.month}月{answer_by_on.day}日"
        for asked in joint.asked.all():
            occasional.settle(rows=_owed(joint, asked.name), by=by, at=at, reason=words, done=False)
    joint.answer_by_on, joint.closed_at, joint.silence_reason = answer_by_on, None, ""
    joint.save_version("answer_by_on", "closed_at", "silence_reason")


def _owed(joint: JointReview, department: str):
    return occasional.of(
        scheme=joint.survey.scheme, key=OPINION, unit=joint.organization, department=department
    )


def locked(joint_id: int, by: Appointment, version: int | None = None) -> JointReview:
    """An open joint review under lock, for its holder or a department asked in it."""
    if not JointReview.objects.visible_to(by).filter(pk=joint_id).exists():
        raise JointReview.DoesNotExist
    rows = JointReview.objects.select_related("survey__scheme", "survey__review", "organization")
    joint = lock(rows, pk=joint_id, version=version)
    if joint.closed_at:
        raise Refused("部门联审已经办结，意见不再增改；确需补充的，请县委组织部重新征求意见")
    return joint


def _for_holder(joint_id: int, by: Appointment, version: int | None = None) -> JointReview:
    joint = locked(joint_id, by, version)
    if not holders.is_holder(joint.survey, by):
        raise Refused(f"部门联审由{joint.organization.office}经办人办理")
    return joint


@transaction.atomic
def give(*, joint_id: int, answers: Answers, by: Appointment, at: datetime) -> int:
    """A department's own opinions; a later one replaces the earlier. How many it has given in all.

    Raises Invalid by the candidate's uid: an objection says why.
    """
    joint = locked(joint_id, by)
    asked = joint.asked.filter(name=by.department, withdrawn_at=None).exclude(name="").first()
    if by.role != Role.DEPARTMENT or asked is None:
        raise Refused("没有向本部门征求意见，或者已不再征求")
    return _write(joint, asked, answers, timezone.localdate(at), by, at)


@transaction.atomic
def give_on_paper(
    *,
    joint_id: int,
    asked_id: int,
    answers: Answers,
    given_on: date | None,
    by: Appointment,
    at: datetime,
    upload: BinaryIO | None = None,
) -> int:
    """代录: the holder enters what a department sent on paper, with its day and the scan."""
    joint = _for_holder(joint_id, by)
    asked = joint.asked.filter(pk=asked_id, withdrawn_at=None).first()
    if asked is None:
        raise Refused("这个部门不在征求意见的范围内")
    scan = upload and evidence.store_paper(
        organization=joint.organization, upload=upload, by=by, at=at, note=f"{asked.name}联审意见"
    )
    return _write(joint, asked, answers, given_on, by, at, on_paper=True, scan=scan or None)


def _write(
    joint: JointReview,
    asked: AskedDepartment,
    answers: Answers,
    given_on: date | None,
    by: Appointment,
    at: datetime,
    **paper: object,
) -> int:
    today = timezone.localdate(at)
    candidates = {str(one.uid): one for one in joint_board.candidates_of(joint)}
    before = {one.assessment_id: one for one in asked.opinions.all()}
    errors: dict[str, list[str]] = {}
    given = {uid: answer for uid, answer in answers.items() if uid in candidates and answer[0]}
    for uid, (stance, reason) in given.items():
        if wrong := rules.opinion_error(stance, reason, given_on=given_on, today=today):
            errors[uid] = [wrong]
    if errors:
        raise Invalid(errors)
    if not given:
        raise Refused("还没有选择任何意见")
    changed = 0
    for uid, (stance, reason) in given.items():
        one, old = candidates[uid], before.get(candidates[uid].pk)
        if old and (old.stance, old.reason) == (stance, reason.strip()) and not paper:
            continue
        values = {"stance": stance, "reason": reason.strip(), "given_on": given_on, "by": by, "at": at}
        values |= {"on_paper": False, "scan": None} | paper
        Opinion.objects.update_or_create(asked=asked, assessment=one, defaults=values)
        changed += 1
    audit.record("出具联审意见", obj=joint, department=asked.name, changed=changed)
    follow(joint, by=by, at=at)
    listed = {one.pk for one in candidates.values()}
    given_now = asked.opinions.filter(assessment__in=listed).count()
    if given_now == len(listed) > len(listed & set(before)):
        _tell_holder(joint, asked, by, at)
    return given_now


def _tell_holder(joint: JointReview, asked: AskedDepartment, by: Appointment, at: datetime) -> None:
    """A department has said something of everyone."""
    role = OFFICER[Level(joint.organization.level)]
    for post in occasional.who_owes(joint.organization, role, "", timezone.localdate(at)):
        if post.user_id != by.user_id:
            notify(user=post.user, title=f"{asked.name}已反馈联审意见", url=joint.get_absolute_url(), at=at)


@transaction.atomic
def drop(*, joint_id: int, asked_id: int, by: Appointment, at: datetime) -> AskedDepartment:
    """A department is asked no more; what it said stays in the history."""
    joint = _for_holder(joint_id, by)
    asked = joint.asked.get(pk=asked_id)
    if not joint.asked.filter(withdrawn_at=None).exclude(pk=asked_id).exists():
        raise Refused("至少要向一个部门征求意见")
    asked.withdrawn_at = at
    asked.save(update_fields=["withdrawn_at"])
    occasional.settle(rows=_owed(joint, asked.name), by=by, at=at, reason="不再征求该部门意见", done=False)
    audit.record("不再征求部门意见", obj=joint, department=asked.name)
    follow(joint, by=by, at=at)
    return asked


@transaction.atomic
def settle(
    *, joint_id: int, assessment_uid: str, how: str, settled_on: date, by: Appointment, at: datetime
) -> Settlement:
    """How the holder dealt with the objections to one candidate; a later objection opens it again."""
    joint = _for_holder(joint_id, by)
    if refused := rules.settling_refusal(how):
        raise Invalid({"how": [refused]})
    if settled_on > timezone.localdate(at):
        raise Invalid({"settled_on": ["研究日期晚于今天"]})
    one = next((one for one in joint_board.candidates_of(joint) if str(one.uid) == assessment_uid), None)
    if one is None:
        raise Refused("名单中没有这个拟整顿对象，请刷新页面")
    values = {"how": how.strip(), "settled_on": settled_on, "by": by, "at": at}
    settlement, _ = Settlement.objects.update_or_create(review=joint, assessment=one, defaults=values)
    audit.record("研究处理联审异议", obj=joint, candidate=str(one))
    follow(joint, by=by, at=at)
    return settlement


@transaction.atomic
def close(
    *, joint_id: int, by: Appointment, at: datetime, silence_reason: str = "", version: int | None = None
) -> JointReview:
    """办结: nothing is open, or silence is passed over with a reason; the chain goes on with the result in words."""
    joint = _for_holder(joint_id, by, version)
    # Read under lock: a return under way is waited for
    review = Review.objects.select_for_update(of=("self",)).filter(pk=joint.survey.review_id).first()
    if review is None or review.state != ReviewState.PENDING:
        raise Refused("名单被退回正在修改，重新提交以后再办结联审")
    joint.survey.review = review
    board = joint_board.board_of(joint, timezone.localdate(at))
    if refused := rules.determination_refusal(board.open, silence_reason=silence_reason):
        raise Refused(refused)
    joint.closed_at, joint.silence_reason = at, silence_reason.strip()
    joint.save_version("closed_at", "silence_reason")
    for asked in joint.asked.all():
        occasional.settle(
            rows=_owed(joint, asked.name), by=by, at=at, reason="联审已办结，未反馈意见", done=False
        )
    own = occasional.of(scheme=joint.survey.scheme, key=SETTLE, unit=joint.organization)
    occasional.settle(rows=own, by=by, at=at, reason="部门联审已办结")
    audit.record("办结部门联审", obj=joint)
    step = review.standing_step
    if step is not None and step.mode == StepMode.JOINT:
        reviews.pass_step(
            review_id=review.pk, by=by, at=at, opinion=board.summary, items=board.words_by_candidate()
        )
    return joint


def follow_list(survey: Survey, *, by: Appointment, at: datetime) -> None:
    """The list went up again: departments owe an opinion on whoever came in."""
    joint = JointReview.objects.filter(survey=survey, closed_at=None).first()
    if joint is not None:
        follow(joint, by=by, at=at)
