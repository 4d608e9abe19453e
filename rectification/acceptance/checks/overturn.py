"""不认可：a closed case goes back to remediation, with all that its closing had brought undone."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.roles import Role
from organizations.models import Appointment
from rectification.acceptance.actions import AGAIN
from rectification.acceptance.checks.models import CheckResult
from rectification.cases import actions as cases
from rectification.cases.models import Case, CaseMember, Tracking
from rectification.cases.takers import decider_of
from rectification.duties import actions as duties
from rectification.duties import ending
from rectification.duties.making import OVERTURNED
from rectification.remediation.actions import handler_of, tell
from rectification.remediation.found_problems import add_found
from rectification.remediation.support.models import HelpingUnit, Pairing
from rectification.schemes.models import Process
from rectification.schemes.terms import words

STEP = "overturn"


@transaction.atomic
def take_back(*, result: CheckResult, by: Appointment, at: datetime) -> Case:
    """The case is open again with what was found as open problems, its tracking ended, its duties those of a case in
    remediation, and the acceptance is to be asked for once more by the day the check sets."""
    check, on = result.check_of, result.on or timezone.localdate(at)
    source = f"{words(on)}{check.organization.office}检查（{check.title}）不认可验收结果"
    case = cases.take_step(
        case_id=result.case_id,
        step=STEP,
        by=by,
        at=at,
        reason=f"{source}：{result.words}",
        takers=frozenset({Role(by.role)}),
    )
    case.closed_on, case.outcome = None, ""
    case.save_version("closed_on", "outcome")
    add_found(
        case=case, texts=result.findings.splitlines(), source=f"{words(on)}{check.organization.office}检查"
    )
    _end_tracking(case, on, source)
    ending.cancel_case(case=case, by=by, at=at, reason=OVERTURNED)
    duties.open_case_duties(case=case, at=at)
    unit, role = handler_of(case)
    duties.open_duty(
        case=case,
        key=AGAIN,
        title=f"{case.organization.short_name}重新提请验收",
        unit=unit,
        role=role,
        due_on=result.due_on,
    )
    return case


def _end_tracking(case: Case, on: date, why: str) -> None:
    tracking = Tracking.objects.filter(case=case).first()
    if tracking is not None and tracking.ends_on > on:
        tracking.ends_on = max(on, tracking.starts_on)
        tracking.note = "\n".join(filter(None, [tracking.note, f"{why}，跟踪终止"]))
        tracking.save(update_fields=["ends_on", "note"])


def tell_below(result: CheckResult, at: datetime) -> None:
    """Tell whoever accepted the case and whoever handles it what was concluded."""
    case, check = result.case, result.check_of
    name, office, today = case.organization.short_name, check.organization.office, timezone.localdate(at)
    if result.due_on:
        title = f"{office}检查不认可{name}的验收结果，退回继续整顿"
        body = f"{result.words[:200]}请于{words(result.due_on)}前继续整顿到位、重新提请验收。"
        body += f"检查发现的{len(result.findings.splitlines())}个问题已列入问题清单。"
        if gone := left_after_closing(case, result):
            body += f"销号后离开的帮扶力量请核实恢复：{'、'.join(gone)}。"
    else:
        title, body = f"{office}检查认可{name}的验收结果", check.title
    told = {
        (unit.pk, role): (unit, role)
        for unit, role in (decider_of(case, Process.ACCEPTANCE), handler_of(case))
    }
    for unit, role in told.values():
        tell(unit, role, title, url=result.get_absolute_url(), today=today, body=body)


def left_after_closing(case: Case, result: CheckResult) -> list[str]:
    """Who and what was released after the case was closed: support must be there again when it goes on."""
    since = case.closed_on or _closed_before(case, result)
    if since is None:
        return []
    gone = {"to_on__isnull": False, "to_on__gte": since}
    people = CaseMember.objects.filter(case=case, **gone).select_related("case__scheme")
    found = [f"{one.called}{one.name}（{words(one.to_on)}止）" for one in people.order_by("to_on", "pk")]
    for model in (HelpingUnit, Pairing):
        rows = model.objects.filter(case=case, **gone).order_by("to_on", "pk")
        found += [f"{model._meta.verbose_name}{one}（{words(one.to_on)}止）" for one in rows]
    return found


def _closed_before(case: Case, result: CheckResult) -> date | None:
    """The day of the 销号 that this result took back."""
    signed = case.acceptances.filter(outcome="pass", signed_on__isnull=False, signed_on__lte=result.on)
    return signed.order_by("-number").values_list("signed_on", flat=True).first() if result.on else None
