"""What is known and was said of organizations under survey, in the words of the forms: one query a kind."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from django.utils import timezone

from accounts.tables import show
from organizations.models import LeaderPost
from rectification.survey.joint_models import STANCES, JointReview, Opinion, Settlement
from rectification.survey.note_models import SurveyNote
from reports.ledgers.declaration import Record, Selection

STANCE = dict(STANCES)


class Secretary(NamedTuple):
    """Who leads the committee and since when in office; where nobody does, `name` says since when it stands empty."""

    name: str
    since_on: date | None


def circled(order: int) -> str:
    """A criterion's number as the papers write it."""
    return chr(0x2460 + order - 1) if 1 <= order <= 20 else f"({order})"


def secretaries(selection: Selection, organizations: Collection[int]) -> dict[int, Secretary]:
    """The secretary of each organization today, by organization."""
    posts = LeaderPost.objects.visible_to(selection.post).current(timezone.localdate())
    posts = posts.filter(organization__in=organizations, secretary=True).order_by("organization", "-since_on")
    rows = posts.values_list("organization", "holder", "since_on")
    return {pk: _secretary(holder, since) for pk, holder, since in reversed(list(rows))}


def _secretary(holder: str, since: date) -> Secretary:
    """An empty post's date is no 任职时间: it is told with the vacancy, not in that column."""
    return Secretary(holder, since) if holder else Secretary(f"（{show(since)}起空缺）", None)


def self_checks(selection: Selection, organizations: Collection[int]) -> dict[int, SurveyNote]:
    """The self-check of each organization in the selection's year, by organization."""
    notes = SurveyNote.objects.visible_to(selection.post).self_checks()
    notes = notes.filter(organization__in=organizations, survey__year=selection.year)
    return {note.organization_id: note for note in notes.exclude(submitted_at=None)}


def self_check_words(note: SurveyNote | None) -> str:
    """What an organization says of itself: its conclusion, and which criteria it sees met."""
    if note is None:
        return ""
    met = "".join(circled(order) for order in sorted(note.criteria))
    said = note.conclusion.strip() or "；".join(
        f"{answer.get('question', '')}：{answer.get('words', '')}"
        for answer in note.answers
        if answer.get("words")
    )
    return (
        "；".join(words for words in (f"自认符合情形{met}" if met else "", said) if words)
        or "自查未发现相应情形"
    )


def opinions(selection: Selection, assessments: Collection[int]) -> dict[int, list[Opinion]]:
    """The departments' opinions on each assessment, where the post sees the joint review."""
    seen = JointReview.objects.visible_to(selection.post).filter(survey__year=selection.year)
    rows = Opinion.objects.filter(assessment__in=assessments, asked__review__in=seen)
    found = defaultdict(list)
    for opinion in rows.select_related("asked").order_by("asked"):
        found[opinion.assessment_id].append(opinion)
    return found


def settlements(selection: Selection, assessments: Collection[int]) -> dict[int, str]:
    """How objections of departments were settled, by assessment."""
    seen = JointReview.objects.visible_to(selection.post).filter(survey__year=selection.year)
    rows = Settlement.objects.filter(assessment__in=assessments, review__in=seen)
    return dict(rows.values_list("assessment", "how"))


def joint_words(given: Sequence[Opinion], settled: str = "") -> str:
    """The departments' opinions in a line each way: who agrees, who objects and why, who knows nothing."""
    by_stance: dict[str, list[Opinion]] = defaultdict(list)
    for opinion in given:
        by_stance[opinion.stance].append(opinion)
    said = [
        f"{one.asked.name}：{STANCE['objects']}，{one.reason.strip().rstrip('。')}"
        for one in by_stance["objects"]
    ]
    for stance in ("agrees", "unknown"):
        if by_stance[stance]:
            said.append(f"{'、'.join(one.asked.name for one in by_stance[stance])}：{STANCE[stance]}")
    if settled:
        said.append(f"研究处理：{settled}")
    return "；".join(said)


def township_words(record: Record) -> str:
    """What the township said of an assessed organization: its opinion, or that it proposes it, or why it does not."""
    if record["township_opinion"]:
        return record["township_opinion"]
    return "同意列为拟整顿对象" if record["township_proposes"] else record["township_reason"]


def finding_words(order: int, words: str, deduction: object) -> str:
    """A finding as a form prints it: ①书记空缺八个月（扣8分）."""
    points = f"（扣{show(deduction)}分）" if deduction else ""
    return f"{circled(order)}{words.strip().rstrip('。')}{points}"
