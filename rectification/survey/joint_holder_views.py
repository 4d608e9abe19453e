"""What the holder does with a joint review: enters papers, asks no more, settles objections, closes."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.submission import carry_out, opened_version
from rectification.survey import holders, joint_board, joint_review
from rectification.survey.joint_forms import CloseForm, PaperForm, SettleForm, answers_of
from rectification.survey.joint_pages import answers_page, board_page, by_candidate
from rectification.survey.joint_views import joint_of
from rectification.survey.ranking import assessed_name


@policy(holders.HOLDERS, scope="joint_review")
@require_http_methods(["GET", "POST"])
def paper(request: HttpRequest, uid) -> HttpResponse:
    """代录: the opinion that came on paper, of the department named in ?department= or the first."""
    joint = joint_of(request, uid)
    board = joint_board.board_of(joint, timezone.localdate())
    wanted = request.GET.get("department", "")
    asked = next((one for one in board.asked if one.name == wanted or not wanted), None)
    if asked is None or not holders.is_holder(joint.survey, request.post):
        raise Http404
    form = PaperForm(request.POST or None, request.FILES or None)
    typed = None
    if request.method == "POST":
        typed = answers_of(request.POST, [str(one.uid) for one in board.candidates])
        given = carry_out(
            form,
            lambda: by_candidate(
                form,
                lambda: joint_review.give_on_paper(
                    joint_id=joint.pk,
                    asked_id=asked.pk,
                    answers=typed,
                    by=request.post,
                    at=timezone.now(),
                    **form.cleaned_data,
                ),
            ),
        )
        if given is not None:
            messages.success(request, f"已代录{asked.name}的意见。")
            return redirect(joint)
    return answers_page(request, board, asked, form=form, typed=typed, paper=True)


@policy(holders.HOLDERS, scope="joint_review")
@require_POST
def drop(request: HttpRequest, uid) -> HttpResponse:
    """A department is asked no more."""
    joint = joint_of(request, uid)
    asked = joint.asked.filter(name=request.POST.get("department", "")).first()
    try:
        if asked is None:
            raise Refused("没有向这个部门征求过意见")
        joint_review.drop(joint_id=joint.pk, asked_id=asked.pk, by=request.post, at=timezone.now())
        messages.success(request, f"不再征求{asked.name}的意见，其时限任务已取消。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(joint)


@policy(holders.HOLDERS, scope="joint_review")
@require_POST
def settle(request: HttpRequest, uid) -> HttpResponse:
    """How objections to one candidate were dealt with."""
    joint = joint_of(request, uid)
    about = request.POST.get("candidate", "")
    form = SettleForm(request.POST, auto_id="settle_%s")
    done = carry_out(
        form,
        lambda: joint_review.settle(
            joint_id=joint.pk,
            assessment_uid=about,
            by=request.post,
            at=timezone.now(),
            **form.cleaned_data,
        ),
    )
    if done is None:
        return board_page(request, joint, 422, settle_form=form, settling=about)
    messages.success(request, f"已登记“{assessed_name(done.assessment)}”的异议研究处理情况。")
    return redirect(joint)


@policy(holders.HOLDERS, scope="joint_review")
@require_POST
def close(request: HttpRequest, uid) -> HttpResponse:
    """办结 the joint review."""
    joint = joint_of(request, uid)
    form = CloseForm(request.POST, auto_id="close_%s")
    done = carry_out(
        form,
        lambda: joint_review.close(
            joint_id=joint.pk,
            by=request.post,
            at=timezone.now(),
            version=opened_version(request),
            **form.cleaned_data,
        ),
    )
    if done is None:
        return board_page(request, joint, 422, close_form=form)
    review = joint.survey.review
    review.refresh_from_db()
    step = review.standing_step
    then = f"下一步由{review.at_unit}办理“{step.name}”" if step and review.at_unit else "各环节已办完"
    messages.success(request, f"部门联审已办结，{then}。")
    return redirect("survey:determination", uid=review.uid)
