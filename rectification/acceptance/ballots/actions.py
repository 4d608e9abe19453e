"""满意度测评: one group's meeting entered and corrected; what came by QR is added to what was counted by hand."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, StaleVersion
from organizations.models import Appointment
from rectification.acceptance import actions as acceptances
from rectification.acceptance import rules as acceptance_rules
from rectification.acceptance.ballots import rules
from rectification.acceptance.ballots.models import Poll
from rectification.acceptance.models import Acceptance, Tally, TallyGroup

T = TypeVar("T", Tally, Poll)
NUMBERS = ("issued", "returned", "valid", "invalid")


def of_group(rows: Iterable[T], group: str) -> T | None:
    """The one tally or poll of a group, None before there is one."""
    return next((row for row in rows if row.group == group), None)


def questions_of(acceptance: Acceptance, group: str) -> list[Any]:
    """What one group is asked, [[item, [option, …]], …]: as its poll or its tally has it, else as the scheme says."""
    poll = of_group(acceptance.polls.all(), group)
    if poll:
        return poll.questions
    questions = rules.questions_of(acceptance.case.scheme)
    tally = of_group(acceptance.tallies.all(), group)
    return rules.in_order(tally.counts, questions) if tally and tally.counts else questions


def version_of(tally: Tally | None) -> int:
    """Which state of a tally a form was opened with: its last row of history; 0 before there is one."""
    last = tally.history.order_by("-pgh_id").values_list("pgh_id", flat=True).first() if tally else None
    return last or 0


@transaction.atomic
def save_tally(
    *,
    acceptance_id: int,
    by: Appointment,
    at: datetime,
    version: int | None,
    tally: Tally,
    handed_out: int | None = None,
) -> Tally:
    """Enter or correct one group's meeting; `tally` holds the ballots counted by hand, which must add up.

    version: `version_of` the tally when the form was opened. handed_out: slips with codes given to people. What came
    by QR is added to the columns, what was typed is kept in `paper`.
    """
    acceptance = acceptances.scored(acceptance_id, by, None)
    earlier = acceptance.tallies.filter(group=tally.group).first()
    if version is not None and version != version_of(earlier):
        raise StaleVersion(earlier)
    poll = Poll.objects.filter(acceptance=acceptance, group=tally.group).select_related("box").first()
    if problems := _problems(tally, poll, handed_out, at):
        raise Invalid({"": problems})
    tally.pk, tally.acceptance = earlier.pk if earlier else None, acceptance
    tally.paper = {name: getattr(tally, name) for name in (*NUMBERS, "counts")}
    if handed_out is not None:
        tally.paper["handed_out"] = handed_out
    add_up(tally, poll)
    tally.save()
    acceptance.save_version()
    audit.record("登记满意度测评", obj=acceptance.case, group=tally.get_group_display())
    return tally


def _problems(tally: Tally, poll: Poll | None, handed_out: int | None, at: datetime) -> list[str]:
    """Everything that does not add up in a meeting as it was typed."""
    label = TallyGroup(tally.group).label
    found = rules.meeting_errors(
        acceptance_rules.Tally(tally.issued, tally.returned, tally.valid, tally.invalid, tally.counts),
        group=label,
        entitled=tally.entitled,
        present=tally.present,
        slips=poll.slips if poll else 0,
        answers=poll.box.returned if poll and poll.told else None,
        handed_out=handed_out,
    )
    if tally.held_on > timezone.localdate(at):
        found.append(f"{label}测评：测评日期晚于今天")
    return found


def add_up(tally: Tally, poll: Poll | None) -> None:
    """Set the columns to paper and QR together, from both sources anew: done twice it gives the same."""
    if not tally.paper:  # counted before there were polls: all of it by hand
        tally.paper = {name: getattr(tally, name) for name in (*NUMBERS, "counts")}
    paper: Mapping[str, Any] = tally.paper
    total = acceptance_rules.Tally(*(paper[name] for name in NUMBERS), counts=paper["counts"])
    if poll and poll.told:
        total = rules.added(
            total, box=poll.box.counts, answers=poll.box.returned, handed_out=paper.get("handed_out", 0)
        )
    for name in (*NUMBERS, "counts"):
        setattr(tally, name, getattr(total, name))
