"""Pages of the joint review: whom to ask, what a department is asked in, and answering on one page."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policy import policy
from accounts.roles import OFFICERS, Role
from accounts.submission import carry_out
from rectification.schemes.models import ItemKind
from rectification.survey import holders, joint_board, joint_review
from rectification.survey.joint_forms import AskForm, answers_of
from rectification.survey.joint_models import AskedDepartment, JointReview
from rectification.survey.joint_pages import answers_page, board_page, by_candidate
from rectification.survey.models import Survey
from rectification.survey.views import held

READERS = OFFICERS | {Role.DEPARTMENT}


def joint_of(request: HttpRequest, uid) -> JointReview:
    rows = JointReview.objects.visible_to(request.post)
    related = ("survey__scheme", "survey__review", "survey__organization", "organization")
    return get_object_or_404(rows.select_related(*related), uid=uid)


@policy(Role.DEPARTMENT, scope="none")
@require_GET
def joint_reviews(request: HttpRequest) -> HttpResponse:
    """What a department is asked in, what is open first."""
    rows = JointReview.objects.visible_to(request.post).select_related(
        "survey__review", "survey__organization", "organization"
    )
    today, lines = timezone.localdate(), []
    for joint in rows.order_by("-asked_on", "-pk"):
        board = joint_board.board_of(joint, today)
        own = _own(board, request)
        lines.append(
            {
                "joint": joint,
                "candidates": len(board.candidates),
                "given": len(board.of(own)) if own else 0,
                "late": joint.closed_at is None and today > joint.answer_by_on,
            }
        )
    return render(request, "rectification/survey/joint_list.html", {"lines": lines})


def _own(board: joint_board.Board, request: HttpRequest) -> AskedDepartment | None:
    return next((one for one in board.asked if one.name == request.post.department), None)


@policy(READERS, scope="joint_review")
@require_http_methods(["GET", "POST"])
def joint_page(request: HttpRequest, uid) -> HttpResponse:
    """The candidates with a department's opinions to give; for the others who said what and what is open."""
    joint = joint_of(request, uid)
    if request.post.role != Role.DEPARTMENT:
        if request.method == "POST":  # the holder enters papers on their own page
            return HttpResponseNotAllowed(["GET"])
        return board_page(request, joint)
    board = joint_board.board_of(joint, timezone.localdate())
    if request.method == "GET":
        return answers_page(request, board, _own(board, request))
    typed = answers_of(request.POST, [str(one.uid) for one in board.candidates])
    form = forms.Form(request.POST)
    given = carry_out(
        form,
        lambda: by_candidate(
            form,
            lambda: joint_review.give(joint_id=joint.pk, answers=typed, by=request.post, at=timezone.now()),
        ),
    )
    if given is None:
        return answers_page(request, board, _own(board, request), form=form, typed=typed)
    left = len(board.candidates) - given
    office = joint.organization.office
    tail = f"还有 {left} 个没有填写" if left else f"已全部反馈，下一步由{office}汇总；办结以前可以修改"
    messages.success(request, f"意见已保存，{tail}。")
    return redirect(joint)


def _ask_form(request: HttpRequest, survey: Survey, joint: JointReview | None) -> AskForm:
    standing = set(joint.asked.filter(withdrawn_at=None).values_list("name", flat=True)) if joint else set()
    items = survey.scheme.items.filter(kind=ItemKind.DEPARTMENT).order_by("order")
    known = [(one.text, one.text) for one in items if one.text not in standing]
    known = [(text[:60], label) for text, label in known]
    initial = {"named": [text for text, _ in known]} if joint is None else {}
    if joint is not None and joint.closed_at is None:
        initial["answer_by_on"] = joint.answer_by_on
    return AskForm(request.POST or None, known=known, initial=initial)


@policy(holders.HOLDERS, scope="survey")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, uid) -> HttpResponse:
    """Whom to ask and until when; also further departments and another date."""
    survey = held(request, uid)
    joint = JointReview.objects.visible_to(request.post).filter(survey=survey).first()
    form = _ask_form(request, survey, joint)
    if request.method == "POST":
        made = carry_out(
            form,
            lambda: joint_review.ask(
                survey_id=survey.pk,
                names=form.names,
                answer_by_on=form.cleaned_data["answer_by_on"],
                by=request.post,
                at=timezone.now(),
            ),
        )
        if made is not None:
            day = made.answer_by_on
            messages.success(
                request,
                f"已向 {made.asked.filter(withdrawn_at=None).count()} 个部门征求意见，"
                f"下一步由各部门在{day.year}年{day.month}月{day.day}日前反馈。",
            )
            return redirect(made)
    context = {
        "survey": survey,
        "joint": joint,
        "form": form,
        "refusal": joint_review.asking_refusal(survey, request.post),
    }
    return render(request, "rectification/survey/joint_ask.html", context, status=422 if form.errors else 200)
