"""What a joint review makes people owe: each department its opinions, the holder what is open past the date."""

from datetime import date, datetime

from django.utils import timezone

from accounts.roles import Role
from organizations.models import Appointment
from organizations.rules import OFFICER, Level
from rectification.duties import occasional
from rectification.survey import joint_board
from rectification.survey.joint_models import JointReview

OPINION, SETTLE = "joint_opinion", "joint_settle"


def follow(joint: JointReview, *, by: Appointment, at: datetime) -> None:
    """Bring the duties in line with the answers: done where complete, owed again where a candidate came in."""
    today = timezone.localdate(at)
    board = joint_board.board_of(joint, today)
    given = {"scheme": joint.survey.scheme, "unit": joint.organization}
    for asked in board.asked:
        rows = occasional.of(key=OPINION, department=asked.name, **given)
        if board.complete(asked):
            occasional.settle(rows=rows, by=by, at=at)
        else:
            occasional.owe(
                key=OPINION,
                department=asked.name,
                title=f"部门联审：对 {len(board.candidates)} 个拟整顿对象反馈意见",
                role=Role.DEPARTMENT,
                due_on=joint.answer_by_on,
                url=joint.get_absolute_url(),
                at=at,
                **given,
            )
    if board.to_settle:
        _owe_settling(joint, board, at)
    else:
        occasional.settle(rows=occasional.of(key=SETTLE, **given), by=by, at=at)


def _owe_settling(joint: JointReview, board: joint_board.Board, at: datetime) -> None:
    occasional.owe(
        scheme=joint.survey.scheme,
        key=SETTLE,
        unit=joint.organization,
        role=OFFICER[Level(joint.organization.level)],
        title=f"部门联审：{board.to_settle[0].kind.label}，请研究处理",
        due_on=_settled_by(joint, board.today),
        url=joint.get_absolute_url(),
        at=at,
    )


def _settled_by(joint: JointReview, today: date) -> date:
    """By the end of the scheme's survey; when that is over, by the day the departments answer, never in the past."""
    phase = joint.survey.scheme.phases.filter(stage="survey").order_by("-ends_on").first()
    return max(today, joint.answer_by_on, phase.ends_on if phase else today)


def note_silence(*, today: date, at: datetime) -> int:
    """Silence past the date becomes the holder's duty; how many joint reviews have some. Safe to repeat."""
    late = JointReview.objects.filter(closed_at=None, answer_by_on__lt=today)
    count = 0
    for joint in late.select_related("survey__scheme", "survey__review", "organization"):
        board = joint_board.board_of(joint, today)
        if board.to_settle:
            _owe_settling(joint, board, at)
            count += 1
    return count
