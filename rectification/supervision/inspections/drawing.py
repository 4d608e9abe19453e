"""The pool of a draw with what each case weighs and why; and the draw run again from its own record."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q

from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.reviews.models import ReviewRemark
from rectification.schemes.models import Process
from rectification.supervision.inspections import rules
from rectification.supervision.inspections.models import Inspection, InspectionResult, InspectionState


@dataclass(frozen=True)
class Weighed:
    """A case with its reasons and the weight they make."""

    case: Case
    reasons: list[rules.Reason]
    last_on: date | None

    def __str__(self) -> str:
        return self.case.organization.short_name

    @property
    def uid(self) -> Any:
        """The case's, by which it is ticked."""
        return self.case.uid

    @property
    def ticked(self) -> bool:
        """Whether it is picked by hand already."""
        return getattr(self.case, "ticked", False)

    @property
    def weight(self) -> int:
        """Its weight in a draw."""
        return rules.weight_of(self.reasons)

    @property
    def words(self) -> str:
        """The reasons in a line."""
        return "；".join(f"{reason.words}（+{reason.points}）" for reason in self.reasons)


def weigh(cases: Sequence[Case], by: Appointment, today: date) -> list[Weighed]:
    """What each case weighs today; three queries, however many cases."""
    keys = [case.pk for case in cases]
    overdue = _numbers(Duty.objects.overdue(today).filter(case__in=keys), "case")
    remarks = ReviewRemark.objects.filter(review__case__in=keys, review__process=Process.PLAN)
    returned = _numbers(remarks, "review__case")
    # What another unit has not finished is not known here
    known = Q(inspection__state=InspectionState.DONE) | Q(inspection__organization=by.organization_id)
    went = InspectionResult.objects.filter(known, case__in=keys, on__isnull=False).order_by()
    last = dict(went.values("case").annotate(last=Max("on")).values_list("case", "last"))
    found = []
    for case in cases:
        facts = rules.Facts(
            overdue=overdue.get(case.pk, 0),
            progress=case.progress,
            returned=returned.get(case.pk, 0),
            since=(today - last[case.pk]).days if case.pk in last else None,
            carried=case.previous_id is not None,
        )
        found.append(Weighed(case, rules.reasons_of(facts), last.get(case.pk)))
    return found


def _numbers(rows: Any, name: str) -> dict[int, int]:
    counted = rows.order_by().values(name).annotate(number=Count("pk"))
    return dict(counted.values_list(name, "number"))


def record_of(pool: Sequence[Weighed], size: int, seed: str) -> dict[str, Any]:
    """A draw made and written down whole (Inspection.draw)."""
    rows = sorted(pool, key=lambda one: str(one.case.uid))
    picks = rules.draw(seed, [rules.Entry(str(one.case.uid), one.weight) for one in rows], size)
    return {
        "seed": seed,
        "size": size,
        "pool": [
            {
                "case": str(one.case.uid),
                "name": one.case.organization.short_name,
                "weight": one.weight,
                "reasons": [list(reason) for reason in one.reasons],
            }
            for one in rows
        ],
        "drawn": [pick.case for pick in picks],
    }


@dataclass(frozen=True)
class Rerun:
    """A recorded draw run again. faults: where the record, its arithmetic and the inspected cases disagree."""

    picks: list[rules.Pick]
    names: dict[str, str]
    faults: list[str]

    @property
    def lines(self) -> list[tuple[rules.Pick, str]]:
        """Each pick with the name of its case."""
        return [(pick, self.names.get(pick.case, pick.case)) for pick in self.picks]


def rerun(inspection: Inspection) -> Rerun:
    """Run the draw of an inspection again from its record and compare; one query."""
    now = {str(uid) for uid in inspection.results.values_list("case__uid", flat=True)}
    return rerun_record(inspection.draw, now, "本次督导")


def rerun_record(record: Mapping[str, Any], now: Collection[str], what: str) -> Rerun:
    """Run a recorded draw again; `now` are the uids of the cases `what` (本次督导, 本次检查) is about today."""
    pool = [rules.Entry(row["case"], row["weight"]) for row in record["pool"]]
    names = {row["case"]: row["name"] for row in record["pool"]}
    picks = rules.draw(record["seed"], pool, record["size"])
    faults = [
        f"{row['name']}的权重{row['weight']}与所列理由不符"
        for row in record["pool"]
        if row["weight"] != rules.weight_of(rules.Reason(*reason) for reason in row["reasons"])
    ]
    drawn = {pick.case for pick in picks}
    if drawn != set(record["drawn"]):
        faults.append("重新抽取的结果与当时记录的结果不一致")
    if drawn != set(now):
        faults.append(f"重新抽取的结果与{what}的对象不一致")
    return Rerun(picks, names, faults)
