"""A paper of supervision after its draft: issued with its number, delivered, answered, verified or returned."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import BinaryIO

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.actions import notify
from accounts.errors import Invalid, Refused
from accounts.roles import OFFICERS
from organizations.models import Appointment, Organization
from organizations.rules import OFFICER, Level
from rectification.cases.models import CaseMember, MemberKind
from rectification.duties import actions as duties
from rectification.duties import occasional
from rectification.duties.models import Duty
from rectification.evidence import actions as evidence
from rectification.schemes.terms import Event, words
from rectification.supervision.notices import rules
from rectification.supervision.notices.drafting import draft_refusal, issue_refusal, locked
from rectification.supervision.notices.models import UNANSWERED, Notice, NoticeKind, NoticeState
from rectification.supervision.notices.standing import freshen
from rectification.workflow import Stage

REPLY = "notice_reply"


def officers_of(unit: Organization, today: date) -> list[Appointment]:
    """Everybody who does this unit's work today, the deputies too."""
    role = OFFICER.get(Level(unit.level))
    return occasional.who_owes(unit, role, "", today) if role else []


def receivers(notice: Notice, today: date) -> list[Appointment | CaseMember]:
    """Who can be told of a paper in the system: the unit's officers, for a village without an account its township's;
    of a 工作提示 the case's liaisons with an account."""
    if notice.to_leader is None:
        unit = notice.organization
        stand_in = Organization.objects.get_parent(unit) if unit.level == Level.GRASSROOTS else None
        return list(officers_of(unit, today) or (officers_of(stand_in, today) if stand_in else ()))
    liaisons = CaseMember.objects.current(today).filter(
        case=notice.to_leader.case_id, kind=MemberKind.LIAISON, user__is_active=True
    )
    return list(liaisons.select_related("user"))


def _number(notice: Notice) -> int:
    """The next number of its issuer, kind and year; the issuer's row, locked, is the queue."""
    same = Notice.objects.filter(issuer=notice.issuer_id, kind=notice.kind, year=notice.year)
    return (same.aggregate(last=Max("number"))["last"] or 0) + 1


@transaction.atomic
def issue(
    *, notice_id: int, version: int | None, by: Appointment, at: datetime, due_on: date | None = None
) -> Notice:
    """Sign a draft: it gets its number, its receiver is told and owes the reply. due_on: another day for the reply."""
    # The queue for numbers before the paper: who signs several at once never waits for whoever signs one of them
    Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=by.organization_id)
    notice = locked(notice_id, version, by)
    today = timezone.localdate(at)
    if refused := draft_refusal(notice, by) or issue_refusal(by, notice.organization, notice.scheme):
        raise Refused(refused)
    _still_meant(notice, today)
    if due_on and notice.answered:
        notice.due_on = due_on
    given = {name: getattr(notice, name) for name in ("found", "asked", "light", "due_on", "held_on")}
    given["to_leader"] = notice.to_leader
    if wrong := rules.problems(notice.kind, given, today=today):
        raise Invalid({one.field: [one.message] for one in wrong})
    notice.year = today.year
    notice.number = _number(notice)
    notice.issued_at, notice.issued_by = at, by
    told = receivers(notice, today)
    ends = notice.kind == NoticeKind.TALK or (not notice.answered and bool(told))
    notice.state = NoticeState.CLOSED if ends else NoticeState.ISSUED
    if notice.answered:
        notice.duty = _owed(notice)
    notice.save_version("year", "number", "issued_at", "issued_by", "state", "due_on", "duty", "found")
    if notice.case and notice.kind == NoticeKind.RECTIFY:
        duties.happened(event=Event.NOTICE, case=notice.case, on=today, by=by, at=at)
    body = f"{notice.issuer.office}：{notice.title}"
    if notice.answered:
        body += f"\n请于{words(notice.due_on)}前回复"
    tell(told, f"收到{notice.name}", body, notice, at)
    audit.record("签发督导文书", obj=notice.name, number=notice.number, to=str(notice.organization))
    return notice


def _still_meant(notice: Notice, today: date) -> None:
    """A draft is issued only to a unit that is there, about a case that was not taken off the list, and one of an
    escalation for what is still overdue."""
    if not notice.organization.is_open:
        raise Refused(f"{notice.organization.short_name}已撤销，本件可以“不予签发”")
    if notice.case is not None and notice.case.stage == Stage.WITHDRAWN:
        raise Refused("该对象已退出整顿，本件不用签发，可以“不予签发”")
    if reason := freshen(notice, today):
        raise Refused(f"所列任务{reason}，本件不用签发，可以“不予签发”")


def _owed(notice: Notice) -> Duty:
    """The reply as a duty of the receiving unit."""
    unit, title = notice.organization, f"回复{notice.name}：{notice.title}"
    facts = {"key": REPLY, "title": title, "unit": unit, "role": OFFICER[Level(unit.level)]}
    if notice.case:
        return duties.open_duty(case=notice.case, due_on=notice.due_on, **facts)
    return occasional.give(scheme=notice.scheme, due_on=notice.due_on, **facts)


def tell(
    people: Iterable[Appointment | CaseMember], title: str, body: str, notice: Notice, at: datetime
) -> None:
    """Put it into everybody's inbox, once a person."""
    for user in {one.user_id: one.user for one in people}.values():
        notify(user=user, title=title, body=body, url=notice.get_absolute_url(), at=at)


@transaction.atomic
def issue_many(
    *, notice_ids: Sequence[int], due_on: date | None, by: Appointment, at: datetime
) -> tuple[list[Notice], list[str]]:
    """Sign several drafts; what was issued, and for each other one why not. One refusal holds up no other."""
    done, refused = [], []
    for pk in sorted(set(notice_ids)):
        try:
            done.append(issue(notice_id=pk, version=None, due_on=due_on, by=by, at=at))
        except Notice.DoesNotExist:
            refused.append("有一件已不在您的待签发之列")
        except Refused as why:
            title = Notice.objects.visible_to(by).get(pk=pk).title
            refused.append(f"“{title}”：{why}")
    return done, refused


@transaction.atomic
def deliver(*, notice_id: int, version: int | None, note: str, by: Appointment, at: datetime) -> Notice:
    """登记送达: a paper nobody could be told of in the system was handed over; to whom and how."""
    notice = locked(notice_id, version, by)
    if refused := deliver_refusal(notice, by):
        raise Refused(refused)
    if not note.strip():
        raise Invalid({"note": ["请写明送给谁、怎样送达"]})
    notice.reply, notice.replied_at, notice.replied_by = note.strip(), at, by
    notice.state = NoticeState.CLOSED
    notice.save_version("reply", "replied_at", "replied_by", "state")
    audit.record("登记送达", obj=notice.name)
    return notice


def deliver_refusal(notice: Notice, post: Appointment | None) -> str | None:
    """Why this post does not record the delivery, or None."""
    if post is None or post.organization_id != notice.issuer_id or post.role not in OFFICERS:
        return f"由{notice.issuer.short_name}登记送达"
    if notice.answered or notice.state != NoticeState.ISSUED:
        return f"{notice.name}{notice.state_words}"
    return None


# --- the reply -------------------------------------------------------------------------------------------------


def reply_refusal(notice: Notice, post: Appointment | None) -> str | None:
    """Why this post does not answer the paper now, or None."""
    if post is None:
        return "请先选择岗位"
    if not notice.answered or notice.state not in UNANSWERED:
        return f"{notice.name}{notice.state_words}，不用回复"
    return rules.answer_refusal(
        role=post.role,
        post_path=post.organization.path,
        unit_path=notice.org_path,
        unit_level=notice.organization.level,
    )


@transaction.atomic
def reply(
    *,
    notice_id: int,
    version: int | None,
    text: str,
    uploads: Iterable[BinaryIO] = (),
    by: Appointment,
    at: datetime,
) -> Notice:
    """Answer a paper in words, with files if there are any; its duty ends, the issuer verifies."""
    notice = locked(notice_id, version, by)
    if refused := reply_refusal(notice, by):
        raise Refused(refused)
    if not text.strip():
        raise Invalid({"text": ["请写明办理情况"]})
    for upload in uploads:
        notice.attachments.add(_kept(notice, upload, by, at))
    notice.reply, notice.replied_at, notice.replied_by = text.strip(), at, by
    notice.state = NoticeState.REPLIED
    notice.save_version("reply", "replied_at", "replied_by", "state")
    if notice.duty:
        duties.discharge(duty=notice.duty, by=by, at=at, reason=f"已回复{notice.name}")
    people = officers_of(notice.issuer, timezone.localdate(at))
    tell(people, f"{notice.organization.short_name}回复了{notice.name}", notice.title, notice, at)
    audit.record("回复督导文书", obj=notice.name)
    return notice


def _kept(notice: Notice, upload: BinaryIO, by: Appointment, at: datetime):
    note = f"回复{notice.name}"
    if notice.case:
        return evidence.store(
            case_id=notice.case.pk, upload=upload, name=upload.name or "附件", by=by, at=at, note=note
        )
    return evidence.store_paper(organization=notice.organization, upload=upload, by=by, at=at, note=note)


def verify_refusal(notice: Notice, post: Appointment | None) -> str | None:
    """Why this post does not verify or return the reply, or None."""
    if post is None or post.organization_id != notice.issuer_id or post.role not in OFFICERS:
        return f"由{notice.issuer.short_name}核实"
    if notice.state != NoticeState.REPLIED:
        return f"{notice.name}{notice.state_words}，现在不用核实"
    return None


@transaction.atomic
def verify(*, notice_id: int, version: int | None, verdict: str, by: Appointment, at: datetime) -> Notice:
    """已核实: what the reply says was found true; the paper is ended."""
    notice = locked(notice_id, version, by)
    if refused := verify_refusal(notice, by):
        raise Refused(refused)
    notice.state = NoticeState.VERIFIED
    _judge(notice, verdict.strip() or "情况属实", by, at)
    tell(_answerers(notice, at), f"{notice.name}已核实", notice.verdict, notice, at)
    audit.record("核实督导文书", obj=notice.name)
    return notice


@transaction.atomic
def give_back(
    *, notice_id: int, version: int | None, reason: str, due_on: date | None, by: Appointment, at: datetime
) -> Notice:
    """退回重办 with its reason: a new reply is owed by a new day; the first one stays in the history."""
    notice = locked(notice_id, version, by)
    if refused := verify_refusal(notice, by):
        raise Refused(refused)
    wrong = {} if reason.strip() else {"verdict": ["请写明退回的原因"]}
    if due_on is None or due_on < timezone.localdate(at):
        wrong["due_on"] = ["请填写重新回复的期限，今天或以后"]
    if wrong:
        raise Invalid(wrong)
    notice.state, notice.due_on = NoticeState.RETURNED, due_on
    notice.duty = _owed(notice)
    _judge(notice, reason.strip(), by, at)
    body = f"{notice.verdict}\n请于{words(due_on)}前重新回复"
    tell(_answerers(notice, at), f"{notice.name}的回复被退回", body, notice, at)
    audit.record("退回督导文书回复", obj=notice.name)
    return notice


def _judge(notice: Notice, verdict: str, by: Appointment, at: datetime) -> None:
    notice.verdict, notice.verified_at, notice.verified_by = verdict, at, by
    notice.save_version("state", "verdict", "verified_at", "verified_by", "due_on", "duty")


def _answerers(notice: Notice, at: datetime) -> list[Appointment]:
    """The receiving unit's officers and whoever wrote the reply."""
    people = officers_of(notice.organization, timezone.localdate(at))
    writer = notice.replied_by
    return [*people, writer] if writer and writer.user_id not in {one.user_id for one in people} else people
