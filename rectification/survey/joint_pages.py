"""How the pages of a joint review are drawn: the candidates for a department, who said what for the holder."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.errors import Invalid
from rectification.survey import holders, joint_board, joint_review
from rectification.survey.joint_forms import CloseForm, SettleForm
from rectification.survey.joint_models import STANCES, AskedDepartment, JointReview
from rectification.survey.joint_review_rules import Kind, Stance
from rectification.survey.ranking import assessed_name


def by_candidate(form: forms.Form, act: Callable[[], Any]) -> Any:
    """Errors by candidate stay with their rows."""
    try:
        return act()
    except Invalid as invalid:
        form.rows = dict(invalid.errors)
        raise


def answers_page(
    request: HttpRequest,
    board: joint_board.Board,
    asked: AskedDepartment | None,
    form: forms.Form | None = None,
    typed: dict[str, tuple[str, str]] | None = None,
    **more: Any,
) -> HttpResponse:
    """The page of candidates, what was said or typed of each in place."""
    joint = board.joint
    context = {
        "joint": joint,
        "asked": asked,
        "rows": _rows(board, asked, typed, getattr(form, "rows", {})),
        "stances": STANCES,
        "form": form,
        "given": len(board.of(asked)) if asked else 0,
        "late": board.today > joint.answer_by_on,
    } | more
    status = 422 if form is not None and form.errors else 200
    return render(request, "rectification/survey/joint_answers.html", context, status=status)


def _rows(
    board: joint_board.Board,
    asked: AskedDepartment | None,
    typed: dict[str, tuple[str, str]] | None,
    errors: dict[str, list[str]],
) -> list[dict[str, Any]]:
    """Candidates as a department may see them: name, main type and what was found, no score, no rank."""
    frozen = {row["uid"]: row for row in board.joint.survey.review.content.get("list", [])}
    rows = []
    for one in board.candidates:
        uid = str(one.uid)
        said = board.opinions.get((asked.pk, one.pk)) if asked else None
        stance, reason = (said.stance, said.reason) if said else ("", "")
        if typed is not None:
            stance, reason = typed[uid]
        content = frozen[uid]
        rows.append(
            {
                "uid": uid,
                "name": content["name"],
                "primary": content["primary"],
                "findings": [one for one in content["findings"] if one["words"]],
                "stance": stance,
                "reason": reason,
                "said": said,
                "errors": errors.get(uid, []),
            }
        )
    return rows


def board_page(request: HttpRequest, joint: JointReview, status: int = 200, **more: Any) -> HttpResponse:
    board = joint_board.board_of(joint, timezone.localdate())
    holder = holders.is_holder(joint.survey, request.post)
    left = {(one.kind, one.candidate) for one in board.open}
    lines = []
    for one in board.candidates:
        disagreed = any((kind, one.pk) in left for kind in (Kind.OBJECTION, Kind.CONFLICT))
        lines.append(
            {
                "uid": str(one.uid),
                "name": assessed_name(one),
                "opinions": [board.opinions.get((asked.pk, one.pk)) for asked in board.asked],
                "settlement": board.settlements.get(one.pk),
                "disagreed": disagreed,
            }
        )
    asked = [
        {
            "row": one,
            "given": len(board.of(one)),
            "complete": board.complete(one),
            "staffed": one.name in board.staffed,
        }
        for one in board.asked
    ]
    context = {
        "joint": joint,
        "survey": joint.survey,
        "board": board,
        "asked": asked,
        "lines": lines,
        "late": board.today > joint.answer_by_on,
        "may": holder and joint.closed_at is None,
        "may_ask": joint_review.asking_refusal(joint.survey, request.post) is None,
        "silence": any(one.kind in (Kind.SILENCE, Kind.WAITING) for one in board.open),
        "settle_form": SettleForm(auto_id="settle_%s"),
        "close_form": CloseForm(auto_id="close_%s"),
        "objects": Stance.OBJECTS.value,
    } | more
    return render(request, "rectification/survey/joint_board.html", context, status=status)
