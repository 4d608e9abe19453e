"""A joint review as it stands: departments × candidates, what each said, what is open; read in a few queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from accounts.roles import Role
from organizations.models import Appointment
from rectification.survey import joint_review_rules as rules
from rectification.survey.joint_models import AskedDepartment, JointReview, Opinion, Settlement
from rectification.survey.joint_review_rules import Kind, Stance
from rectification.survey.models import Assessment
from rectification.survey.ranking import assessed_name


def candidates_of(joint: JointReview) -> list[Assessment]:
    """Who stands on the list as it went up last, in its order."""
    review = joint.survey.review
    uids = [row["uid"] for row in review.content.get("list", [])] if review else []
    rows = Assessment.objects.filter(survey=joint.survey_id, uid__in=uids)
    found = {str(one.uid): one for one in rows.select_related("organization", "scorer", "survey", "primary")}
    return [found[uid] for uid in uids if uid in found]


def came_in_after(joint: JointReview) -> list[str]:
    """Who came onto the list after the joint review was closed, so that no department was ever asked about them.

    Where silence was passed over with a reason, somebody nobody spoke on may have stood on the list before.
    """
    review = joint.survey.review
    if joint.closed_at is None or review is None or review.submitted_at <= joint.closed_at:
        return []
    said = set(Opinion.objects.filter(asked__review=joint).values_list("assessment_id", flat=True))
    before = {row["uid"] for row in review.before.get("list", [])} if joint.silence_reason else set()
    rows = [one for one in candidates_of(joint) if one.pk not in said and str(one.uid) not in before]
    return [assessed_name(one) for one in rows]


@dataclass(frozen=True)
class Board:
    """Everything a page of a joint review shows."""

    joint: JointReview
    asked: Sequence[AskedDepartment]
    candidates: Sequence[Assessment]
    opinions: dict[tuple[int, int], Opinion]
    settlements: dict[int, Settlement]
    staffed: frozenset[str]
    today: date

    @property
    def settled(self) -> set[int]:
        """Candidates dealt with since the last objection to them."""
        last: dict[int, object] = {}
        for (_asked, candidate), one in self.opinions.items():
            if one.stance == Stance.OBJECTS:
                last[candidate] = max(last.get(candidate, one.at), one.at)
        return {key for key, one in self.settlements.items() if key not in last or one.at >= last[key]}

    @cached_property
    def open(self) -> list[rules.Unsettled]:
        """What is not settled, blocking things first."""
        return rules.unsettled(
            [rules.Asked(one.pk, one.name, self.joint.answer_by_on) for one in self.asked],
            [rules.Candidate(one.pk, assessed_name(one)) for one in self.candidates],
            [
                rules.Opinion(asked, candidate, Stance(one.stance), one.reason, one.given_on)
                for (asked, candidate), one in self.opinions.items()
                if asked in {department.pk for department in self.asked}
            ],
            today=self.today,
            settled=self.settled,
        )

    def of(self, asked: AskedDepartment) -> list[Opinion]:
        """What one department said of those on the list."""
        given = [self.opinions.get((asked.pk, one.pk)) for one in self.candidates]
        return [one for one in given if one is not None]

    def complete(self, asked: AskedDepartment) -> bool:
        """Whether a department said something of everyone."""
        return len(self.of(asked)) == len(self.candidates)

    @property
    def to_settle(self) -> list[rules.Unsettled]:
        """What the holder must deal with: objections, contradictions, silence past the date."""
        return [one for one in self.open if one.kind in (Kind.OBJECTION, Kind.CONFLICT, Kind.SILENCE)]

    @property
    def summary(self) -> str:
        """The result in one line, as it stands in the chain."""
        silent = [one.name for one in self.asked if not self.complete(one)]
        given = [one for asked in self.asked for one in self.of(asked)]
        objected = {one.assessment_id for one in given if one.stance == Stance.OBJECTS}
        words = [f"征求 {len(self.asked)} 个部门意见，{len(self.asked) - len(silent)} 个部门已反馈"]
        if objected:
            words.append(f"{len(objected)} 个对象有异议，已研究处理")
        if silent:
            words.append(f"{'、'.join(silent)}未反馈，理由：{self.joint.silence_reason}")
        return "；".join(words)

    def words_of(self, candidate: Assessment) -> str:
        """What was said of one candidate, and how an objection was dealt with."""
        alike: dict[str, list[str]] = {}
        apart = []
        for asked in self.asked:
            one = self.opinions.get((asked.pk, candidate.pk))
            label = one.get_stance_display() if one else "未反馈"
            if one and one.reason:
                apart.append(f"{asked.name}{label}（{one.reason}）")
            else:
                alike.setdefault(label, []).append(asked.name)
        words = "；".join([*apart, *(f"{'、'.join(names)}{label}" for label, names in alike.items())])
        settlement = self.settlements.get(candidate.pk)
        return f"{words}。研究处理：{settlement.how}" if settlement else words

    def words_by_candidate(self) -> dict[str, str]:
        """The same by uid, for the step of the chain."""
        return {str(one.uid): self.words_of(one) for one in self.candidates}


def board_of(joint: JointReview, today: date) -> Board:
    """The joint review as it stands on a day."""
    asked = list(joint.asked.filter(withdrawn_at=None))
    opinions = Opinion.objects.filter(asked__in=asked).select_related("by__user", "scan")
    staffed = (
        Appointment.objects.at(joint.organization, Role.DEPARTMENT)
        .current(today)
        .values_list("department", flat=True)
    )
    return Board(
        joint=joint,
        asked=asked,
        candidates=candidates_of(joint),
        opinions={(one.asked_id, one.assessment_id): one for one in opinions},
        settlements={one.assessment_id: one for one in joint.settlements.select_related("by__user")},
        staffed=frozenset(staffed),
        today=today,
    )
