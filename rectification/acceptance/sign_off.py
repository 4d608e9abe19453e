"""销号审批: a signed 合格 goes up the scheme's chain as it was signed; the case closes when the last step has passed.

The chain is optional: without one the signature closes the case (docs/decisions).
"""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.errors import Refused
from accounts.tables import show
from organizations.models import Appointment
from organizations.rules import Level
from rectification.acceptance.following import follow
from rectification.acceptance.gates import passed_over_lines
from rectification.acceptance.models import Acceptance, AcceptanceState
from rectification.cases.models import Case, Outcome
from rectification.remediation.actions import lock_case
from rectification.reviews import actions as reviews
from rectification.reviews.models import Review, ReviewState
from rectification.schemes.chain_rules import steps_of
from rectification.schemes.models import ChainStep, Process
from rectification.schemes.terms import plain, words

BACK = (ReviewState.RETURNED, ReviewState.WITHDRAWN)
UNSIGNED = ("outcome", "suggested", "total", "signed_by", "signed_name", "signed_on", "follow_due_on")


def chain_of(case: Case, by: Appointment) -> list[ChainStep]:
    """The steps of 销号审批 at the signing unit's own level and above; none where the scheme has none."""
    own = Level(by.organization.level).depth
    return [step for step in steps_of(case.scheme, Process.SIGN_OFF) if Level(step.level).depth <= own]


def send_up(acceptance: Acceptance, by: Appointment, at: datetime) -> bool:
    """Send a signed 合格 up, frozen as signed; False where the scheme has no such chain, or another result was signed.

    One that came back goes straight to whoever returned it.
    """
    last = acceptance.review
    again = last if last and last.state in BACK else None
    chain = chain_of(acceptance.case, by) if acceptance.outcome == Outcome.PASS else []
    if not chain:
        if again is not None:
            reviews.call_off(review=again, by=by, at=at, reason="改签其他结果，不再报批")
        return False
    acceptance.review = reviews.submit(
        process=Process.SIGN_OFF,
        title=f"{acceptance.case.organization.short_name}销号审批",
        organization=by.organization,
        chain=chain,
        content=content_of(acceptance),
        by=by,
        at=at,
        case=acceptance.case,
        review=again,
    )
    acceptance.state = AcceptanceState.SIGNING_OFF
    acceptance.save_version("review", "state")
    return True


def content_of(acceptance: Acceptance) -> dict[str, str]:
    """What the chain decides on, in words by heading: the result, scores, ballots, what was passed over."""
    case = acceptance.case
    found = {
        "整顿对象": f"{case.county} {case.township or ''} {case.organization}（{case.year}年）",
        "验收结果": "\n".join(_result(acceptance)),
        "验收评分": "\n".join(_scores(acceptance)),
        "满意度测评": "\n".join(_tallies(acceptance)),
        "问题销号": f"{case.problems_closed}／{case.problems_total}",
        "自查情况": acceptance.self_words,
        "初验意见": acceptance.township_words,
        "验收意见": acceptance.county_words,
        "未齐备事项的理由": "\n".join(f"{title}：{why}" for title, why in passed_over_lines(acceptance)),
    }
    return {heading: text for heading, text in found.items() if text}


def _result(acceptance: Acceptance) -> Iterator[str]:
    yield f"{acceptance.get_outcome_display()}，{show(acceptance.total)} 分"
    yield f"签署人 {acceptance.signed_name}，{show(acceptance.signed_on)}"
    yield from acceptance.reasons
    if acceptance.different_reason:
        yield f"与规则不一致的理由：{acceptance.different_reason}"


def _scores(acceptance: Acceptance) -> Iterator[str]:
    for row in acceptance.scores.select_related("item"):
        first = "" if row.township_score is None else f"乡镇 {plain(row.township_score)} 分，"
        reason = f"，{row.reason}" if row.reason else ""
        yield f"{row.item}（{plain(row.item.points)} 分）：{first}验收 {plain(row.county_score)} 分{reason}"


def _tallies(acceptance: Acceptance) -> Iterator[str]:
    for tally in acceptance.tallies.all():
        yield (
            f"{tally.get_group_display()}：{words(tally.held_on)}，{tally.place}，发出 {tally.issued}，"
            f"收回 {tally.returned}，有效 {tally.valid}"
        )


def _under(review_id: int, by: Appointment) -> Acceptance:
    """The acceptance of a review this post sees, locked before its case as everybody does who signs or takes back."""
    seen = Review.objects.visible_to(by).get(pk=review_id, process=Process.SIGN_OFF)
    rows = Acceptance.objects.select_for_update(of=("self",)).select_related(
        "case__scheme", "case__organization"
    )
    acceptance = rows.filter(review_id=review_id).first()
    lock_case(seen.case_id, by)
    if acceptance is None or acceptance.state != AcceptanceState.SIGNING_OFF:
        raise Refused("这次销号审批已经办结或撤回")
    return acceptance


def day_refusal(acceptance: Acceptance, decided_on: date, today: date) -> str | None:
    """Why a step was not decided on this day, or None: the case is closed on the day of the last one."""
    if decided_on > today:
        return f"会议（文件）日期 {words(decided_on)} 晚于今天"
    if acceptance.signed_on and decided_on < acceptance.signed_on:
        return f"会议（文件）日期 {words(decided_on)} 早于签署日期 {words(acceptance.signed_on)}"
    return None


@transaction.atomic
def pass_(
    *,
    review_id: int,
    by: Appointment,
    at: datetime,
    opinion: str = "",
    body: str = "",
    document: str = "",
    decided_on: date | None = None,
    opened: int | None = None,
) -> Acceptance:
    """Pass the step it stands at; after the last one the case is closed on the day of that decision."""
    acceptance = _under(review_id, by)
    if decided_on and (refused := day_refusal(acceptance, decided_on, timezone.localdate(at))):
        raise Refused(refused)
    given = {"opinion": opinion, "body": body, "document": document, "decided_on": decided_on}
    review = reviews.pass_step(review_id=review_id, by=by, at=at, opened=opened, **given)
    if review.state == ReviewState.PASSED:
        acceptance.state = AcceptanceState.SIGNED
        acceptance.save_version("state")
        last = review.steps.order_by("-order").first()
        follow(acceptance, on=last.decided_on, by=by, at=at, last=True)
    return acceptance


@transaction.atomic
def return_(
    *, review_id: int, by: Appointment, at: datetime, opinion: str, opened: int | None = None
) -> Acceptance:
    """Send it back with the reason: the acceptance is open again, its signature gone."""
    acceptance = _under(review_id, by)
    reviews.return_(review_id=review_id, by=by, at=at, opinion=opinion, opened=opened)
    return open_again(acceptance)


def open_again(acceptance: Acceptance) -> Acceptance:
    """Unsigned: scores, ballots and reasons stay, and can be changed."""
    for name in UNSIGNED:
        value = "" if name in ("outcome", "suggested", "signed_name") else None
        setattr(acceptance, name, value)
    acceptance.state, acceptance.reasons = AcceptanceState.OPEN, []
    acceptance.save_version("state", "reasons", *UNSIGNED)
    return acceptance
