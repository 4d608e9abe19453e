"""扫码测评: arranged, its slips printed, answered, closed. Nothing is written that could tell who answered what.

What stands in the tables, and what somebody with all rights on the server could still learn:

- PollCode holds digests under the server's secret, in an order that is not the slips'; PollBox one row of sums. An
  answer is one short transaction that flips `used` and adds to the box: no row, no time, no history, no audit event,
  no submission key, no session, no log line (accounts.middleware.Nobody). Who was given which slip is known to
  nobody: the plain codes exist only in the response that prints them.
- PostgreSQL itself keeps, until its next vacuum, the dead versions of the box's row, and in its write-ahead log every
  change in order; a superuser who reads these raw files, has the server's secret *and* holds a used slip could tell
  what came with that slip. So a slip is torn up after use, when a poll closes every code row is written anew in one
  statement with the same flag (their transaction numbers tell no order any more), rows go a week later, and the
  decision "an anonymous poll" asks that log archives be kept apart from who runs the application.
- Locks are always taken in the order acceptance, poll, box; an answer takes only the box.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.versions import lock
from organizations.models import Appointment
from rectification.acceptance import actions as acceptances
from rectification.acceptance.ballots import rules
from rectification.acceptance.ballots.actions import add_up
from rectification.acceptance.ballots.models import Poll, PollBox, PollCode
from rectification.acceptance.models import Acceptance, AcceptanceState
from rectification.acceptance.rules import UNCHOSEN

KEPT = timedelta(days=7)
"""So long a closed poll still knows its codes, to tell a late voter that it is over; then the rows go."""


class WrongCode(Refused):
    """No such code: a slip of the thumb, or somebody guessing."""

    def __init__(self) -> None:
        super().__init__(rules.WRONG_CODE)


@transaction.atomic
def arrange(
    *,
    acceptance_id: int,
    group: str,
    by: Appointment,
    at: datetime,
    version: int | None,
    opens_at: datetime,
    closes_at: datetime,
    slips: int,
) -> Poll:
    """开展扫码测评 for one group, or change its times while it is open; the questions are frozen at the first time.

    After one that had too few answers it begins anew with an empty box and new slips. Once its results are in the
    tally it is over: one more answer after they were seen would tell what it was.
    """
    acceptance = acceptances.scored(acceptance_id, by, None)
    if refused := acceptances.tally_refusal(acceptance, by):
        raise Refused(refused)
    poll = Poll.objects.filter(acceptance=acceptance, group=group).first()
    if poll:
        poll = lock(Poll.objects.select_related("box"), pk=poll.pk, version=version)
    local = {"opens_at": timezone.localtime(opens_at), "closes_at": timezone.localtime(closes_at)}
    if errors := rules.opening_errors(**local, slips=slips, now=timezone.localtime(at)):
        raise Invalid(errors)
    if poll is None:
        poll = Poll(acceptance=acceptance, group=group, questions=rules.questions_of(acceptance.case.scheme))
    elif poll.told:
        raise Refused("扫码测评已经结束并计入测评，不能再开：结果公开后再收答卷，会让人推知个人的选择")
    elif poll.closed_at:
        _begin_anew(poll, acceptance)
    elif used := poll.codes.filter(used=True).count():
        _unchanged(poll, opens_at, slips, used)
    poll.opens_at, poll.closes_at, poll.slips, poll.by = opens_at, closes_at, slips, by
    poll.version += 0 if poll.pk is None else 1
    poll.save()
    PollBox.objects.get_or_create(poll=poll)
    audit.record("开展扫码测评", obj=acceptance.case, group=poll.get_group_display(), slips=slips)
    return poll


def _begin_anew(poll: Poll, acceptance: Acceptance) -> None:
    """After a poll of too few answers: nothing of it stays."""
    poll.closed_at, poll.questions = None, rules.questions_of(acceptance.case.scheme)
    poll.codes.all().delete()
    PollBox.objects.filter(poll=poll).update(returned=0, counts={})


def _unchanged(poll: Poll, opens_at: datetime, slips: int, used: int) -> None:
    """What stays as it is once somebody has answered."""
    if opens_at != poll.opens_at:
        raise Invalid({"opens_at": ["已经有人答卷，开始时间不能再改"]})
    if slips < used:
        raise Invalid({"slips": [f"已经收到 {used} 份，测评码不能少于 {used} 份"]})


def unused(poll: Poll) -> int:
    """How many slips there are to print."""
    return poll.slips - poll.codes.filter(used=True).count()


@transaction.atomic
def print_codes(*, poll_id: int, number: int, by: Appointment, at: datetime) -> list[str]:
    """New codes for `number` slips, in plain; those printed before and not used are void from now on.

    Returned once and kept nowhere: the table holds digests, sorted, so that a row's place tells nothing of a slip's.
    """
    known = Poll.objects.visible_to(by).get(pk=poll_id)
    acceptance = acceptances.scored(known.acceptance_id, by, None)
    poll = lock(Poll.objects.filter(acceptance=acceptance), pk=poll_id, version=None)
    if poll.closed_at or at >= poll.closes_at:
        raise Refused("这次扫码测评已经结束，不能再打印测评码")
    if not 0 < number <= rules.MOST_SLIPS:
        raise Refused(f"{poll.slips} 份测评码都已用过；还需要的，请先改大测评码份数")
    PollBox.objects.select_for_update().get(poll=poll)  # no answer comes in between
    poll.codes.filter(used=False).delete()
    fresh = [rules.new_code() for _ in range(number)]
    PollCode.objects.bulk_create(PollCode(poll=poll, digest=one) for one in sorted(map(digest, fresh)))
    if (there := poll.codes.count()) > poll.slips:  # somebody answered while the pages were laid out
        poll.slips = there
        poll.save_version("slips")
    audit.record("打印测评码", obj=acceptance.case, group=poll.get_group_display(), slips=number)
    return fresh


def digest(code: str) -> str:
    """What the table holds of a code: without the server's secret it can be neither guessed nor checked."""
    return salted_hmac("rectification.acceptance.ballots", code, algorithm="sha256").hexdigest()


def ready(*, code: str | None, at: datetime) -> PollCode:
    """The code of a slip, when an answer with it is taken now; raises WrongCode, or Refused saying why not."""
    rows = PollCode.objects.select_related("poll__acceptance")
    row = rows.filter(digest=digest(code)).first() if code else None
    if row is None:
        raise WrongCode
    poll = row.poll
    refused = rules.answer_refusal(
        opens_at=timezone.localtime(poll.opens_at),
        closes_at=poll.closes_at,
        closed=poll.closed_at is not None or poll.acceptance.state != AcceptanceState.OPEN,
        used=row.used,
        now=at,
    )
    if refused:
        raise Refused(refused)
    return row


@transaction.atomic
def answer(*, code: str | None, chosen: Mapping[int, str], at: datetime) -> None:
    """One answer: the code is used up and the box holds one more. `chosen`: option by the item's place.

    The box's row is what everybody waits for, so that of two answers with one code one counts, and none comes in
    after the poll was closed. Raises WrongCode and Refused.
    """
    of_code = PollBox.objects.filter(poll__codes__digest=digest(code)) if code else PollBox.objects.none()
    box = of_code.select_for_update(of=("self",)).first()
    row = ready(code=code, at=at)  # as it stands now that nobody else can answer or close
    PollCode.objects.filter(pk=row.pk).update(used=True)
    assert box is not None  # nosec B101: a code that is ready has a poll with its box
    given = rules.counts_of(row.poll.questions, chosen, unchosen=UNCHOSEN)
    box.counts, box.returned = rules.put_in(box.counts, given), box.returned + 1
    box.save(update_fields=["counts", "returned"])


@transaction.atomic
def close(*, poll_id: int, by: Appointment, at: datetime, version: int | None) -> Poll:
    """结束 by hand before its time; what came in goes into the tally."""
    known = Poll.objects.visible_to(by).get(pk=poll_id)
    acceptance = acceptances.scored(known.acceptance_id, by, None)
    poll = lock(Poll.objects.filter(acceptance=acceptance), pk=poll_id, version=version)
    if poll.closed_at:
        raise Refused("这次扫码测评已经结束")
    _settle(poll, acceptance, at)
    audit.record("结束扫码测评", obj=acceptance.case, group=poll.get_group_display())
    return poll


def stop(*, acceptance: Acceptance, by: Appointment, at: datetime) -> None:
    """Close what still takes answers at a locked acceptance that is over; what came in is emptied out unseen."""
    for poll in Poll.objects.select_for_update(of=("self",)).filter(acceptance=acceptance, closed_at=None):
        _shut(poll, at)
        PollBox.objects.filter(poll=poll).update(counts={})
        audit.record("终止扫码测评", obj=acceptance.case, group=poll.get_group_display())


def close_due(*, at: datetime) -> int:
    """Close every poll whose time is over; each in a transaction of its own, and twice at once closes it once."""
    due = Poll.objects.filter(closed_at__isnull=True, closes_at__lte=at)
    return sum(_close_over(poll.pk, poll.acceptance_id, at) for poll in due)


@transaction.atomic
def _close_over(poll_id: int, acceptance_id: int, at: datetime) -> bool:
    acceptance = (
        Acceptance.objects.select_for_update(of=("self",))
        .select_related("case__scheme")
        .get(pk=acceptance_id)
    )
    poll = Poll.objects.select_for_update(of=("self",)).get(pk=poll_id)
    if poll.closed_at or poll.closes_at > at:  # another closed it, or its time was put off
        return False
    _settle(poll, acceptance, at)
    audit.record("扫码测评到时结束", obj=acceptance.case, group=poll.get_group_display())
    return True


def _settle(poll: Poll, acceptance: Acceptance, at: datetime) -> None:
    """Close a locked poll: too few answers are emptied out unseen, enough of them go into the tally."""
    box = _shut(poll, at)
    if box.returned < acceptance.case.scheme.poll_least:
        box.counts = {}
        box.save(update_fields=["counts"])
    poll.box = box
    tally = acceptance.tallies.filter(group=poll.group).first()
    if tally and acceptance.state == AcceptanceState.OPEN:
        add_up(tally, poll)
        tally.save()
        acceptance.save_version()


def _shut(poll: Poll, at: datetime) -> PollBox:
    """No answer comes in any more; the box, locked."""
    box = PollBox.objects.select_for_update().get(poll=poll)
    poll.closed_at = at
    poll.save_version("closed_at")
    poll.codes.update(used=True)
    return box


def forget(*, at: datetime) -> int:
    """Delete the codes of polls closed long enough ago."""
    gone, _ = PollCode.objects.filter(poll__closed_at__lt=at - KEPT).delete()
    return gone


def standing(poll: Poll) -> dict[str, Any]:
    """How many codes are out and how many answers came: numbers only, which tell no choice."""
    return {"printed": poll.codes.count(), "returned": poll.box.returned}
