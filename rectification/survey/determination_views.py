"""The page of a list on its way: what went up, what each step said, taking the step it stands at, sending it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.submission import carry_out, opened_version
from rectification.reviews import actions as reviews
from rectification.reviews.chains import vacant
from rectification.reviews.differences import changed_items
from rectification.reviews.models import Review, ReviewState, ReviewStep
from rectification.schemes.models import StepMode
from rectification.survey import actions, determination, joint_review, publicity
from rectification.survey.determination_forms import (
    StepDecisionForm,
    StepOpinionForm,
    StepReturnForm,
    items_of,
)
from rectification.survey.joint_models import JointReview, Publicity
from rectification.survey.models import Survey, SurveyState
from rectification.survey.proposal import REASONS
from rectification.survey.views import surveys

CHANGES = {
    "new": "新列入",
    "score": "得分",
    "rank": "名次",
    "primary": "主要类型",
    "why": "列入依据",
    "findings": "具体表现",
    "carried": "续整",
    "name": "名称",
}


def _review(request: HttpRequest, uid) -> Review:
    rows = Review.objects.visible_to(request.post).filter(surveys__isnull=False)
    return get_object_or_404(rows.select_related("organization", "at_unit", "submitted_by__user"), uid=uid)


@policy(OFFICERS, scope="review")
@require_http_methods(["GET", "POST"])
def determination_page(request: HttpRequest, uid) -> HttpResponse:
    """The list as it went up, what was decided on it so far, and taking the step it stands at."""
    review = _review(request, uid)
    step = review.standing_step
    if request.method == "GET":
        reviews.mark_read(review=review, by=request.post, at=timezone.now())
        return _page(request, review, step)
    kind = StepDecisionForm if determination.records(review, step) else StepOpinionForm
    form = kind(request.POST, request.FILES)
    deciding, items = determination.decides(review, step), items_of(request.POST)
    passed = carry_out(
        form,
        lambda: actions.record_determination(
            review_id=review.pk,
            by=request.post,
            at=timezone.now(),
            opened=opened_version(request),
            items=items,
            **form.cleaned_data,
        ),
    )
    if passed is None:
        return _page(request, review, step, form=form, items=items)
    messages.success(request, _said(passed, deciding))
    return redirect("survey:determination", uid=review.uid)


def _said(review: Review, deciding: bool) -> str:
    """What happened and who is next."""
    following = review.standing_step
    then = f"“{following.name}”由{review.at_unit}办理" if following and review.at_unit else ""
    if deciding:
        count = len(review.content["list"])
        tail = f"；{then}" if then else ""
        return f"已登记决定，认定整顿对象 {count} 个；下一步由乡镇（街道）制定整顿方案{tail}。"
    return f"已通过，下一步{then}。" if then else "已通过，各环节已办完。"


def _page(
    request: HttpRequest,
    review: Review,
    step: ReviewStep | None,
    form: Any = None,
    items: dict[str, str] | None = None,
    return_form: StepReturnForm | None = None,
) -> HttpResponse:
    survey = surveys(request).filter(review=review).first()
    steps = list(review.steps.select_related("unit", "by__user", "scan"))
    refusal = reviews.decision_refusal(review, request.post)
    kind = StepDecisionForm if determination.records(review, step) else StepOpinionForm
    listed = review.content["list"]
    context = {
        "review": review,
        "survey": survey,
        "determined": survey.state == SurveyState.DETERMINED,
        "refusal": refusal,
        "opened": reviews.opened_as(review),
        "step": step,
        "steps": steps,
        "deciding": determination.decides(review, step),
        "remarks": _remarks(review),
        "rows": _rows(review, survey, steps, items or {}),
        "reasons": [(label, review.content.get(name, "")) for name, label in REASONS.items()],
        "went": _went(review),
        "changed": review.round > 1,
        "form": form or kind(),
        "return_form": return_form or StepReturnForm(auto_id="return_%s", rows=listed),
    } | _beside(request, survey, review, step)
    status = 422 if request.method == "POST" else 200
    return render(request, "rectification/survey/determination.html", context, status=status)


def _beside(request: HttpRequest, survey: Survey, review: Review, step: ReviewStep | None) -> dict[str, Any]:
    """What goes on beside the chain: the joint review, the publicity, a post nobody holds."""
    pending = review.state == ReviewState.PENDING and step is not None
    return {
        "joint": JointReview.objects.visible_to(request.post).filter(survey=survey).first(),
        "publicity": Publicity.objects.visible_to(request.post).filter(survey=survey).first(),
        "may_ask": joint_review.asking_refusal(survey, request.post) is None,
        "may_publish": publicity.publishing_refusal(survey, request.post) is None,
        "at_joint": pending and step.mode == StepMode.JOINT,
        "at_publicity": pending and step.mode == StepMode.PUBLISH,
        "vacant": pending and vacant(step.unit, step.role, timezone.localdate()),
    }


def _remarks(review: Review) -> list[dict[str, Any]]:
    """Returns with the names of the candidates they were about."""
    names = {
        row["uid"]: row["name"] for part in (review.before, review.content) for row in part.get("list", [])
    }
    return [
        {"remark": one, "about": [names[uid] for uid in one.fields if uid in names]}
        for one in review.remarks.select_related("by__user", "by__organization")
    ]


def _rows(
    review: Review, survey: Survey, steps: list[ReviewStep], items: dict[str, str]
) -> list[dict[str, Any]]:
    """Each candidate with what changed since the round before, what each step said of it, and its case."""
    assessments = survey.assessments.filter(case__isnull=False).select_related("case")
    cases = {str(one.uid): one.case for one in assessments}
    changed = changed_items(review, "list")
    returned = {uid for remark in review.remarks.filter(round=review.round - 1) for uid in remark.fields}
    return [
        row
        | {
            "case": cases.get(row["uid"]),
            "changed": [CHANGES[name] for name in changed.get(row["uid"], []) if name in CHANGES],
            "returned": row["uid"] in returned,
            "said": [(step.name, step.items[row["uid"]]) for step in steps if row["uid"] in step.items],
            "typed": items.get(row["uid"], ""),
        }
        for row in review.content["list"]
    ]


def _went(review: Review) -> list[str]:
    """Who stood on the list of the round before and does not any more."""
    names = {row["uid"]: row["name"] for row in review.before.get("list", [])}
    return [names[uid] for uid, what in changed_items(review, "list").items() if what == ["gone"]]


@policy(OFFICERS, scope="review")
@require_POST
def return_list(request: HttpRequest, uid) -> HttpResponse:
    """Send the list back with a reason and the candidates it is about."""
    review = _review(request, uid)
    form = StepReturnForm(request.POST, auto_id="return_%s", rows=review.content["list"])
    done = carry_out(
        form,
        lambda: actions.return_determination(
            review_id=review.pk,
            by=request.post,
            at=timezone.now(),
            opinion=form.cleaned_data["reason"],
            about=form.cleaned_data["about"],
            opened=opened_version(request),
        ),
    )
    if done is None:
        return _page(request, review, review.standing_step, return_form=form)
    messages.success(request, f"名单已退回，下一步由{review.organization.office}修改后重新提交。")
    return redirect("survey:determination", uid=review.uid)
