"""锁定与解锁: what was accepted is not filed again after its date, unless the receiver's post with the right allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.actions import notify
from accounts.errors import Invalid, Refused
from accounts.roles import OFFICERS, Right, Role
from organizations.models import Appointment, Organization
from organizations.scope import subtree
from rectification.duties.models import Duty, DutyState
from rectification.filings import rules
from rectification.filings.models import Filing, FilingQuerySet, FilingUnlock
from rectification.reviews.models import ReviewState
from rectification.schemes.terms import words as day_words


@dataclass(frozen=True)
class Lock:
    """Why an accepted filing is closed, who received it, and the unlocking that stands, if any."""

    words: str
    accepted: Filing
    unlock: FilingUnlock | None


def of_unit(organization: Organization, ledger: str, year: int) -> FilingQuerySet:
    """What a unit filed of one ledger in a year, whichever scheme it works by now; newest first."""
    return Filing.objects.filter(organization=organization, ledger=ledger, scheme__year=year)


def copies_of(organization: Organization, ledger: str, year: int) -> list[Filing]:
    """The same without what is in them, with how each stands, where it went and who sent it."""
    rows = of_unit(organization, ledger, year).select_related("review", "to", "by__user")
    return list(rows.defer("content", "review__content", "review__before"))


def last_copies(
    post: Appointment, unit: Organization, ledger: str, year: int, copies: Sequence[Filing] | None = None
) -> list[Filing]:
    """The last copies of a ledger that a unit filed within the post's reach, newest first, each with whether a later
    one `replaced` it; copies: all it filed, where that is known."""
    if copies is None:
        told = ("uid", "ledger", "number", "at", "rows", "to__short_name", "by__user__name", "review__state")
        rows = of_unit(unit, ledger, year).visible_to(post).only(*told)
        found = list(rows.select_related("review", "to", "by__user")[:10])
    else:
        here = subtree(post.organization.path)
        found = [one for one in copies if here.covers(one.filed_path)][:10]
    last: dict[int, Filing] = {}
    for one in found:
        one.replaced = last.setdefault(one.review_id, one) is not one
    return found


def lock_of(
    organization: Organization, ledger: str, year: int, today: date, copies: Sequence[Filing] | None = None
) -> Lock | None:
    """The lock on a unit's ledger, or None: nothing accepted yet, the last one is under way or came back, something
    of it is still owed, or its date is not over. copies: what it filed, where that is known."""
    if copies is None:
        copies = copies_of(organization, ledger, year)
    if not copies or copies[0].review.state in (ReviewState.PENDING, ReviewState.RETURNED):
        return None
    accepted = next((one for one in copies if one.review.state == ReviewState.PASSED), None)
    if accepted is None:
        return None
    owed = Duty.objects.filter(rule__ledger=ledger, organization=organization, scheme__year=year)
    owed = list(owed.exclude(state=DutyState.CANCELLED))
    if any(duty.state == DutyState.OPEN for duty in owed):
        return None
    ended = accepted.review.ended_at
    words = rules.lock_words(
        accepted_on=timezone.localdate(ended) if ended else None,
        last_on=max((duty.last_on for duty in owed), default=None),
        today=today,
    )
    return Lock(words, accepted, standing_unlock(organization, ledger, year, today)) if words else None


def standing_unlock(organization: Organization, ledger: str, year: int, today: date) -> FilingUnlock | None:
    """The unlocking a unit may still use."""
    rows = FilingUnlock.objects.filter(organization=organization, ledger=ledger, scheme__year=year)
    return rows.filter(used=None, until_on__gte=today).first()


def lock_refusal(
    organization: Organization, ledger: str, year: int, today: date, copies: Sequence[Filing] | None = None
) -> str | None:
    """Why the unit cannot file this again, in words that say whom to ask; None where it can."""
    lock = lock_of(organization, ledger, year, today, copies)
    if lock is None or lock.unlock is not None:
        return None
    to = lock.accepted.to
    return f"{lock.accepted.title}{lock.words}；确需重报的，请{to.office}解锁（{holders_words(to, today)}）"


def holders_words(unit: Organization, today: date) -> str:
    """Who may unlock at a unit today."""
    posts = Appointment.objects.filter(organization=unit, rights__contains=[Right.UNLOCK.value])
    names = list(posts.current(today).order_by("pk").values_list("user__name", flat=True))
    if names:
        return f"由{'、'.join(names)}办理"
    return f"{unit.office}目前没有人有“报送解锁”权限，可请安全管理员在“岗位任职”中授予"


def unlock_refusal(
    filing: Filing, post: Appointment | None, today: date, lock: Lock | None = None
) -> str | None:
    """Why this post cannot unlock a unit's filing now, or None; the same answer for the button and the action.
    lock: the lock on it, where that is known."""
    if post is None or Role(post.role) not in OFFICERS or post.organization_id != filing.to_id:
        return f"解锁由接收单位{filing.to.office}办理"
    if Right.UNLOCK not in post.rights:
        return f"您的岗位没有“报送解锁”权限：{holders_words(filing.to, today)}"
    if post.user_id == filing.by.user_id:
        return "不能为本人报送的台账解锁，请由本单位其他有权限的同志办理"
    lock = lock or lock_of(filing.organization, filing.ledger, filing.scheme.year, today)
    if lock is None:
        return "这份台账没有锁定，报送单位可以直接报送"
    if lock.unlock is not None:
        return f"已经解锁，{filing.organization.short_name}可在{day_words(lock.unlock.until_on)}前重报"
    return None


@transaction.atomic
def unlock(*, filing_id: int, until_on: date, reason: str, by: Appointment, at: datetime) -> FilingUnlock:
    """Let the unit file this ledger once more until a day. Raises Refused without the right or where nothing is
    locked, Invalid for a day that is past or a reason that is not there."""
    filing = (
        Filing.objects.visible_to(by).defer("content").select_related("scheme", "to", "by").get(pk=filing_id)
    )
    # One after the other with the unit's filings (actions.submit)
    unit = Organization.objects.select_for_update().get(pk=filing.organization_id)
    today = timezone.localdate(at)
    if refused := unlock_refusal(filing, by, today):
        raise Refused(refused)
    if until_on < today:
        raise Invalid({"until_on": ["可报至的日期已经过了"]})
    if not reason.strip():
        raise Invalid({"reason": ["解锁须写明理由"]})
    made = FilingUnlock.objects.create(
        scheme=filing.scheme,
        ledger=filing.ledger,
        organization=unit,
        until_on=until_on,
        reason=reason.strip(),
        by=by,
        at=at,
    )
    audit.record("报送解锁", obj=filing, unit=str(unit), until=until_on.isoformat())
    day = day_words(until_on)
    for post in Appointment.objects.at(unit, filing.by.role).current(today).select_related("user"):
        notify(
            user=post.user,
            title=f"已解锁，请重报：{filing.title}",
            body=f"{filing.to.office}已解锁，请在{day}前重报一次。理由：{made.reason}",
            url=f"{reverse('reports:ledger', args=[filing.ledger])}?year={filing.scheme.year}",
        )
    return made


def use(*, filing: Filing) -> None:
    """What was unlocked is filed: the unlocking is spent."""
    today = timezone.localdate(filing.at)
    standing = standing_unlock(filing.organization, filing.ledger, filing.scheme.year, today)
    if standing is not None:
        standing.used = filing
        standing.save(update_fields=["used"])


def give_back(*, filing: Filing) -> None:
    """It was withdrawn unread: the unlocking may be used again until its last day."""
    for spent in filing.unlocks.all():
        spent.used = None
        spent.save(update_fields=["used"])
