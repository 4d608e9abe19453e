"""退出整顿 ends an acceptance under way: no signature waits for 销号审批 any more, no poll takes answers."""

from datetime import datetime

from organizations.models import Appointment
from rectification.acceptance.ballots.poll_actions import stop
from rectification.acceptance.models import ENDED, Acceptance, AcceptanceState
from rectification.acceptance.sign_off import open_again
from rectification.cases.endings import Ending, register
from rectification.cases.models import Case
from rectification.reviews import actions as reviews


def _lock(case_id: int) -> None:
    """Whoever signs, decides or counts locks the acceptance before its case."""
    rows = Acceptance.objects.filter(case=case_id).exclude(state=AcceptanceState.SIGNED)
    list(rows.select_for_update(of=("self",)).order_by("pk"))


def _end(case: Case, by: Appointment, at: datetime, reason: str) -> None:
    for acceptance in Acceptance.objects.filter(case=case).exclude(state=AcceptanceState.SIGNED):
        if acceptance.state == AcceptanceState.SIGNING_OFF:
            open_again(acceptance)
        if acceptance.review is not None:  # one that was sent back is not sent again
            reviews.call_off(review=acceptance.review, by=by, at=at, reason=reason)
        stop(acceptance=acceptance, by=by, at=at)
        acceptance.state, acceptance.reasons = AcceptanceState.SIGNED, [f"{ENDED}：{reason}"]
        acceptance.save_version("state", "reasons")


register(Ending(_lock, _end))
