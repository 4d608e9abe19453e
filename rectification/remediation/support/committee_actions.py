"""班子: posts that are vacant or to be replaced, by when, and who came (S0 四（四）, domain §4E)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.versions import lock
from organizations import record_actions
from organizations.models import Appointment
from organizations.record_models import LeaderPost
from rectification.cases.models import Case
from rectification.duties import actions as duties
from rectification.duties.models import Duty
from rectification.remediation.actions import handler_of
from rectification.remediation.support.models import CommitteeNeed, CommitteeNeedKind
from rectification.remediation.support.rights import locked_for
from rectification.remediation.support.rules import limit_errors, scheme_limit
from rectification.schemes.models import ItemKind
from rectification.schemes.terms import words

KEY = "committee"


def limit_of(case: Case, kind: str) -> date | None:
    """The day by which the scheme wants such a post settled for this case's criteria, or None. Two queries."""
    types = {one.order: one.national_types for one in case.scheme.criteria.all()}
    numbers = {case.primary.order, *case.criteria}
    items = case.scheme.items.filter(kind=ItemKind.TREATMENT, criterion__in=numbers)
    return scheme_limit(kind, [(one.criterion, one.due_on, types.get(one.criterion, ())) for one in items])


def vacancies_left(case: Case, today: date) -> list[LeaderPost]:
    """Vacant posts of the organization's committee nobody has put down for this case yet."""
    posts = LeaderPost.objects.filter(organization=case.organization).current(today)
    return unlisted(posts, CommitteeNeed.objects.standing().filter(case=case))


def unlisted(posts: Iterable[LeaderPost], needs: Iterable[CommitteeNeed]) -> list[LeaderPost]:
    """Those of a committee's posts that are vacant and in none of these needs that is still open."""
    listed = {need.post_id for need in needs if need.settled_on is None}
    return [post for post in posts if not post.holder and post.pk not in listed]


@transaction.atomic
def open_need(
    *,
    case_id: int,
    post_id: int | None,
    title: str,
    secretary: bool,
    kind: str,
    since_on: date,
    limit_on: date,
    note: str,
    by: Appointment,
    at: datetime,
) -> CommitteeNeed:
    """Put down that a post is to be filled or its holder replaced by a day: a duty of whoever handles the case.

    post_id: the post in the organization's committee; without one it is made there under `title`, vacant.
    """
    case = locked_for(case_id, by, new=True)
    today = timezone.localdate(at)
    limit = limit_of(case, kind)
    if wrong := limit_errors(limit_on=limit_on, since_on=since_on, today=today, scheme_on=limit):
        raise Invalid({"limit_on": wrong})
    if since_on > today:
        raise Invalid({"since_on": [f"{words(since_on)}在今天之后"]})
    post = _post_for(case, post_id, title, secretary, kind, since_on, by, at)
    need = CommitteeNeed(
        case=case, post=post, title=post.title, secretary=post.secretary, kind=kind, since_on=since_on
    )
    need.limit_on, need.words = limit_on, note.strip()
    need.from_start = since_on <= (case.determined_on or date(case.year, 1, 1))
    need.duty = _duty_for(need)
    need.save()
    audit.record("登记班子配备调整", obj=case, what=need.title, kind=need.get_kind_display())
    return need


@transaction.atomic
def take_vacancies(
    *, case_id: int, post_ids: Iterable[int], limit_on: date, by: Appointment, at: datetime
) -> list[CommitteeNeed]:
    """Put down several vacant posts of the committee at once, each since the day it fell vacant."""
    case = locked_for(case_id, by, new=True)
    wanted = set(post_ids)
    chosen = [post for post in vacancies_left(case, timezone.localdate(at)) if post.pk in wanted]
    if not chosen:
        raise Invalid({"posts": ["请选择要限期配齐的职务"]})
    return [
        open_need(
            case_id=case.pk,
            post_id=post.pk,
            title=post.title,
            secretary=post.secretary,
            kind=CommitteeNeedKind.VACANT,
            since_on=post.since_on,
            limit_on=limit_on,
            note="",
            by=by,
            at=at,
        )
        for post in chosen
    ]


@transaction.atomic
def settle_need(
    *,
    need_id: int,
    version: int | None,
    holder: str,
    settled_on: date,
    origin: str,
    note: str,
    by: Appointment,
    at: datetime,
) -> CommitteeNeed:
    """Who was put in the post since which day, and where the person came from; the organization's committee says the
    same from then on, and the duty is done."""
    case, need = _locked(need_id, version, by)
    holder = holder.strip()
    if settled_on < need.since_on:
        raise Invalid({"settled_on": [f"不能早于空缺（不胜任）开始的{words(need.since_on)}"]})
    if settled_on > timezone.localdate(at):
        raise Invalid({"settled_on": ["还没有到任的，到任后再登记"]})
    if need.post is not None:
        _put_in(need.post, holder, settled_on, by, at)
    need.holder, need.settled_on, need.origin = holder, settled_on, origin.strip()
    need.words = note.strip()
    need.save_version("holder", "settled_on", "origin", "words")
    if need.duty is not None:
        duties.discharge(duty=need.duty, by=by, at=at, reason=f"{holder}任{need.title}")
    audit.record("班子配备（调整）到位", obj=case, what=need.title)
    return need


@transaction.atomic
def withdraw_need(
    *, need_id: int, version: int | None, reason: str, by: Appointment, at: datetime
) -> CommitteeNeed:
    """It was put down in error, or is no longer wanted; it stays readable and is owed no longer."""
    case, need = _locked(need_id, version, by)
    if not reason.strip():
        raise Invalid({"reason": ["请写明撤销登记的原因"]})
    need.withdrawn_reason = reason.strip()[:200]
    need.save_version("withdrawn_reason")
    if need.duty is not None:
        duties.cancel(duty=need.duty, by=by, at=at, reason=f"撤销登记：{need.withdrawn_reason}")
    audit.record("撤销班子配备登记", obj=case, what=need.title, reason=need.withdrawn_reason)
    return need


def _locked(need_id: int, version: int | None, by: Appointment) -> tuple[Case, CommitteeNeed]:
    rows = CommitteeNeed.objects.visible_to(by).select_related("post", "duty")
    case = locked_for(rows.get(pk=need_id).case_id, by)
    need = lock(rows, pk=need_id, version=version)
    if need.withdrawn_reason:
        raise Refused(f"“{need.title}”的登记已经撤销：{need.withdrawn_reason}")
    if need.settled_on is not None:
        raise Refused(f"“{need.title}”已于{words(need.settled_on)}由{need.holder}接任")
    return case, need


def _post_for(
    case: Case,
    post_id: int | None,
    title: str,
    secretary: bool,
    kind: str,
    since_on: date,
    by: Appointment,
    at: datetime,
) -> LeaderPost:
    """The post of the committee a need is about, made there where it is missing."""
    if post_id is None:
        if kind == CommitteeNeedKind.REPLACE:
            raise Invalid({"post": ["请选要调整的职务；班子里还没有登记的，先在党组织页面登记现任"]})
        return record_actions.add_post(
            unit_id=case.organization_id,
            title=title,
            secretary=secretary,
            holder="",
            since_on=since_on,
            by=by,
            at=at,
        )
    current = LeaderPost.objects.filter(organization=case.organization).current(timezone.localdate(at))
    post = current.get(pk=post_id)
    if kind == CommitteeNeedKind.VACANT and post.holder:
        raise Invalid({"kind": [f"“{post.title}”现由{post.holder}担任，不是空缺；不胜任的请选“待调整”"]})
    if kind == CommitteeNeedKind.REPLACE and not post.holder:
        raise Invalid({"kind": [f"“{post.title}”现在空缺，请选“空缺，待选配”"]})
    if case.committeeneeds.standing().filter(post=post, settled_on__isnull=True).exists():
        raise Invalid({"post": [f"“{post.title}”已经登记，正在办理"]})
    return post


def _duty_for(need: CommitteeNeed) -> Duty:
    unit, role = handler_of(need.case)
    verb = "配齐" if need.kind == CommitteeNeedKind.VACANT else "调整"
    title = f"{need.case.organization.short_name}：限期{verb}{need.title}"
    return duties.open_duty(case=need.case, key=KEY, title=title, unit=unit, role=role, due_on=need.limit_on)


def _put_in(post: LeaderPost, holder: str, on: date, by: Appointment, at: datetime) -> None:
    """The organization's own committee gets the holder, unless it was told already."""
    post.refresh_from_db()
    if (post.holder, post.since_on) == (holder, on):
        return
    try:
        record_actions.hold(post_id=post.pk, holder=holder, since_on=on, version=None, by=by, at=at)
    except Invalid as invalid:
        told = {"holder": "holder", "since_on": "settled_on"}
        raise Invalid({told.get(name, name): texts for name, texts in invalid.errors.items()}) from invalid
