"""What a draft of an escalation lists, and keeping it true: what was done or extended meanwhile leaves the list.

The list is written by the system until a person changes the words; from then on nothing is rewritten, new lines are
only added at its end.
"""

from collections.abc import Iterable
from datetime import date

from rectification.duties.models import Duty, DutyState
from rectification.schemes.terms import words
from rectification.supervision.notices.models import Escalation, Notice

ENDED = {DutyState.DONE: "已办结", DutyState.CANCELLED: "已取消", DutyState.OPEN: "已延期"}


def line(duty: Duty) -> str:
    """One overdue duty as a paper names it."""
    department = f"{duty.department}，" if duty.department else ""
    return f"{duty.title}（{department}{duty.organization.short_name}），应于{words(duty.last_on)}前完成，逾期未完成"


def listing(duties: Iterable[Duty]) -> str:
    """The overdue duties of a paper, numbered where there are several."""
    lines = [line(duty) for duty in duties]
    if len(lines) == 1:
        return f"{lines[0]}。"
    return "\n".join(f"{number}. {text}。" for number, text in enumerate(lines, 1))


def title_of(duties: list[Duty]) -> str:
    """What a paper is about, in a line."""
    if len(duties) == 1:
        return f"{duties[0].title}逾期未完成"[:200]
    return f"{len(duties)}项时限任务逾期未完成"


def rows_of(notice: Notice) -> list[Escalation]:
    """The steps a paper stands for, in the order they came in."""
    return list(notice.escalations.select_related("duty__organization").order_by("pk"))


def freshen(notice: Notice, today: date) -> str:
    """Take off a locked draft what is no longer overdue; returns why nothing is left, or "" (also for a paper no
    escalation drafted). Saves `title`, `found` and `about` where they changed."""
    rows = rows_of(notice)
    if not rows:
        return ""
    live = set(
        Duty.objects.overdue(today).filter(pk__in=[row.duty_id for row in rows]).values_list("pk", flat=True)
    )
    over = [row for row in rows if row.duty_id not in live]
    if len(over) == len(rows):
        return ended_words(rows)
    if over:
        left = [row.duty for row in rows if row.duty_id in live]
        rewrite(notice, [row.duty for row in rows], left)
        release(over)
        notice.save_version("title", "found", "about")
    return ""


def rewrite(notice: Notice, before: list[Duty], after: list[Duty]) -> None:
    """Write the list anew; the words a person changed stay, what is new is added at their end."""
    if notice.title == title_of(before):
        notice.title = title_of(after)
    if notice.found == listing(before):
        notice.found = listing(after)
    else:
        known = {duty.pk for duty in before}
        added = [f"{line(duty)}。" for duty in after if duty.pk not in known]
        notice.found = "\n".join([notice.found, *added])
    notice.about = after[0] if len(after) == 1 else None


def release(rows: Iterable[Escalation]) -> None:
    """Steps whose paper was never issued: of an extended duty as if never taken, of an ended one with the word why."""
    for row in rows:
        if row.duty.state == DutyState.OPEN:
            row.delete()
        else:
            row.notice, row.words = None, f"未签发：任务{ENDED[DutyState(row.duty.state)]}"
            row.save(update_fields=["notice", "words"])


def ended_words(rows: Iterable[Escalation]) -> str:
    """Why nothing is left: 已办结, 已延期, 已取消."""
    return "、".join(dict.fromkeys(ENDED[DutyState(row.duty.state)] for row in rows))
