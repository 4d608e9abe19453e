"""Which accepted cases a unit may look at again, how far it is, and what each weighs in a draw."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from accounts.roles import Role
from organizations.models import Appointment
from rectification.acceptance.checks import rules
from rectification.acceptance.checks.models import CheckResult, CheckState, CheckVerdict
from rectification.acceptance.models import Acceptance, AcceptanceState
from rectification.acceptance.rules import satisfaction_rate
from rectification.cases.models import Case, CaseQuerySet, Outcome
from rectification.cases.takers import deciding_roles
from rectification.schemes.models import Process, Scheme
from rectification.supervision.inspections.drawing import Weighed
from rectification.workflow import Stage


def open_refusal(post: Appointment | None, scheme: Scheme | None) -> str | None:
    """Why this post opens no check in its scheme's year, or None; the same answer for button, action and test."""
    if post is None or post.role not in (Role.CITY_REVIEWER, Role.COUNTY_OFFICER):
        return "验收结果由验收单位的上级党委组织部门检查"
    if scheme is None:
        return "本年度还没有执行的实施方案，不能安排检查"
    if scheme.check_percent is None:
        return f"《{scheme.title}》没有规定市检查"
    if post.role == Role.COUNTY_OFFICER and not checkable(post, None).exists():
        return "本县（市、区）验收的整顿对象，由市委组织部检查"
    return None


def checkable(post: Appointment, year: int | None) -> CaseQuerySet:
    """Closed cases that passed an acceptance by a unit below this one: a county looks at what townships accepted
    themselves (S2 岔路), a city at all but what it accepted itself."""
    rows = Case.objects.visible_to(post).filter(stage=Stage.TRACKING, outcome=Outcome.PASS)
    if year is not None:
        rows = rows.of_year(year)
    roles = deciding_roles(Process.ACCEPTANCE, rows.order_by().values("scheme"))
    if post.role == Role.CITY_REVIEWER:
        return rows.exclude(scheme__in=[key for key, role in roles.items() if role == Role.CITY_REVIEWER])
    own = [key for key, role in roles.items() if role in (Role.TOWNSHIP_OFFICER, Role.VILLAGE_REPORTER)]
    return rows.filter(scheme__in=own, township__isnull=False)


def _results(post: Appointment, year: int) -> Iterable[CheckResult]:
    """What checks of this unit say or are to say."""
    rows = CheckResult.objects.filter(check_of__organization=post.organization, check_of__scheme__year=year)
    return rows.exclude(check_of__state=CheckState.CANCELLED)


def pool(post: Appointment, year: int) -> CaseQuerySet:
    """What may still be looked at: neither upheld already nor on the list of a check that is going on."""
    coming = Q(check_of__state=CheckState.PLANNED, verdict="", skipped_reason="")
    taken = _results(post, year).filter(Q(verdict=CheckVerdict.UPHELD) | coming)
    rows = checkable(post, year).exclude(pk__in=taken.values("case"))
    return rows.select_related("organization", "township", "county", "scheme").order_by("org_path", "pk")


@dataclass(frozen=True)
class Progress:
    """How far a unit is: accepted below it, asked for by the scheme, looked at (with how many refused), on the list."""

    percent: Decimal | None
    accepted: int
    asked: int
    looked: int
    refused: int
    coming: int

    @property
    def left(self) -> int:
        """How many are still to be arranged."""
        return max(self.asked - self.looked - self.coming, 0)

    @property
    def words(self) -> str:
        """The share in words."""
        return rules.percent_words(self.percent)


def progress(post: Appointment, scheme: Scheme) -> Progress:
    """How far the post's unit is with what its scheme asks; four queries."""
    found = list(
        _results(post, scheme.year).values_list("case", "verdict", "skipped_reason", "check_of__state")
    )
    looked = {case for case, verdict, *_ in found if verdict}
    refused = {case for case, verdict, *_ in found if verdict == CheckVerdict.REFUSED}
    coming = {
        case
        for case, verdict, skipped, state in found
        if not verdict and not skipped and state == CheckState.PLANNED
    }
    accepted = set(checkable(post, scheme.year).values_list("pk", flat=True)) | refused
    percent = scheme.check_percent
    wanted = rules.asked(percent, len(accepted)) if percent is not None else 0
    return Progress(percent, len(accepted), wanted, len(looked), len(refused), len(coming - looked))


def weigh(cases: Sequence[Case]) -> list[Weighed]:
    """What each case weighs in a draw and why; three queries, however many cases. cases: with their schemes."""
    signed = Acceptance.objects.filter(
        case__in=[case.pk for case in cases], state=AcceptanceState.SIGNED, outcome=Outcome.PASS
    )
    last: dict[int, Acceptance] = {}
    for acceptance in signed.order_by("number").prefetch_related("tallies"):
        last[acceptance.case_id] = acceptance
    return [Weighed(case, rules.reasons_of(_facts(case, last.get(case.pk))), None) for case in cases]


def _facts(case: Case, signed: Acceptance | None) -> rules.Facts:
    carried = case.previous_id is not None
    if signed is None:
        return rules.Facts(carried=carried)
    return rules.Facts(
        above_line=None if signed.total is None else signed.total - case.scheme.pass_line,
        above_satisfaction=_least_above(case.scheme, signed),
        different=bool(signed.different_reason),
        passed_over=len(signed.passed_over or {}) or int(bool(signed.open_problems_reason)),
        number=signed.number,
        carried=carried,
    )


def _least_above(scheme: Scheme, signed: Acceptance) -> Decimal | None:
    """By how much the worst satisfaction rate of both groups lies above its line."""
    rates = [
        rate.percent - scheme.satisfaction_line
        for tally in signed.tallies.all()
        for options in tally.counts.values()
        if (rate := satisfaction_rate(options, scheme.satisfied_options)) is not None
    ]
    return min(rates, default=None)
