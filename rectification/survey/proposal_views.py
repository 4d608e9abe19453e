"""Pages of the county's list: the ranking with its cut, making up the list, the decision and the way back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import Invalid, Refused
from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.submission import opened_version
from rectification.reviews import actions as reviews
from rectification.reviews.models import Decision, Review, ReviewState
from rectification.schemes.models import StepMode
from rectification.survey import actions, holders
from rectification.survey.board import board
from rectification.survey.forms import DecisionForm, ListForm, OpinionForm, ReturnForm, chosen_types
from rectification.survey.models import SheetState, Survey, SurveyState
from rectification.survey.proposal import REASONS
from rectification.survey.ranking import groups_of
from rectification.survey.views import held, surveys

RANKERS = OFFICERS


def _ranking(
    request: HttpRequest,
    survey: Survey,
    form: ListForm | None = None,
    typed: dict[str, Any] | None = None,
    errors: dict[str, list[str]] | None = None,
) -> HttpResponse:
    submitted = survey.sheets.filter(state=SheetState.SUBMITTED)
    sent = set(submitted.values_list("organization_id", flat=True))
    everyone = "all" in request.GET
    boards = [board(survey, group, sent, everyone, typed, errors or {}) for group in groups_of(survey)]
    own = holders.is_holder(survey, request.post)
    if form is None:
        form = ListForm(initial={name: getattr(survey, name) for name in REASONS})
    context = {
        "survey": survey,
        "boards": boards,
        "form": form,
        "may_propose": own and survey.proposable,
        "types": (own and survey.proposable) or survey.review is not None,
        "everyone": everyone,
        "back": survey.review.remarks.last() if survey.returned else None,
        "errors": errors or {},
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "rectification/survey/ranking.html", context, status=status)


@policy(RANKERS, scope="survey")
@require_GET
def ranking(request: HttpRequest, uid) -> HttpResponse:
    """The ranking of each group with the line of its quota, and the list made up from it."""
    return _ranking(request, held(request, uid))


@policy(holders.HOLDERS, scope="survey")
@require_POST
def propose(request: HttpRequest, uid) -> HttpResponse:
    """Send the list up."""
    survey = held(request, uid)
    form = ListForm(request.POST)
    uids = {str(key): pk for key, pk in survey.assessments.values_list("uid", "pk")}
    try:
        chosen, national = chosen_types(request.POST, uids, list(survey.scheme.criteria.all()))
    except LookupError:
        raise Http404 from None
    typed = {"chosen": chosen, "national": national}
    if not form.is_valid():
        return _ranking(request, survey, form, typed)
    try:
        review = actions.propose(
            survey_id=survey.pk,
            chosen=chosen,
            national=national,
            by=request.post,
            at=timezone.now(),
            **form.cleaned_data,
        )
    except Invalid as invalid:
        for text in invalid.errors.pop("", []):
            form.add_error(None, text)
        return _ranking(request, survey, form, typed, invalid.errors)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _ranking(request, survey, form, typed)
    messages.success(
        request, f"名单（{len(chosen)} 个）已提交，下一步由{review.at_unit}办理“{_standing(review)}”。"
    )
    return redirect("survey:determination", uid=review.uid)


def _standing(review: Review) -> str:
    step = review.steps.exclude(decision=Decision.PASSED).first()
    return step.name if step else "已办结"


@policy(OFFICERS, scope="review")
@require_http_methods(["GET", "POST"])
def determination(request: HttpRequest, uid) -> HttpResponse:
    """The list as it went up, what was decided on it so far, and recording the decision."""
    review = _review(request, uid)
    if request.method == "GET":
        reviews.mark_read(review=review, by=request.post, at=timezone.now())
        return _determination(request, review)
    kind = DecisionForm if _decides(review) else OpinionForm
    form = kind(request.POST)
    if not form.is_valid():
        return _determination(request, review, form=form)
    try:
        review = actions.record_determination(
            review_id=review.pk,
            by=request.post,
            at=timezone.now(),
            opened=opened_version(request),
            **form.cleaned_data,
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return _determination(request, review, form=form)
    if review.state == ReviewState.PASSED:
        words = (
            f"已登记决定，认定整顿对象 {len(review.content['list'])} 个；下一步由乡镇（街道）制定整顿方案。"
        )
    else:
        words = f"已通过，下一步由{review.at_unit}办理“{_standing(review)}”。"
    messages.success(request, words)
    return redirect("survey:determination", uid=review.uid)


def _review(request: HttpRequest, uid) -> Review:
    rows = Review.objects.visible_to(request.post).filter(surveys__isnull=False)
    return get_object_or_404(rows.select_related("organization", "at_unit", "submitted_by__user"), uid=uid)


def _decides(review: Review) -> bool:
    """Whether the step it stands at decides: a 登记决定, or the last one."""
    ahead = list(review.steps.exclude(decision=Decision.PASSED))
    return len(ahead) == 1 or bool(ahead and ahead[0].mode == StepMode.RECORD)


def _determination(
    request: HttpRequest, review: Review, form: Any = None, return_form: ReturnForm | None = None
) -> HttpResponse:
    survey = surveys(request).filter(review=review).first()
    determined = survey.state == SurveyState.DETERMINED
    assessments = survey.assessments.filter(chosen=True, case__isnull=False).select_related("case")
    cases = {str(one.uid): one.case for one in assessments}
    context = {
        "review": review,
        "survey": survey,
        "determined": determined,
        "refusal": reviews.decision_refusal(review, request.post),
        "opened": reviews.opened_as(review),
        "step": review.steps.exclude(decision=Decision.PASSED).first(),
        "steps": review.steps.select_related("unit", "by__user"),
        "remarks": review.remarks.select_related("by__user", "by__organization"),
        "rows": [row | {"case": cases.get(row["uid"])} for row in review.content["list"]],
        "reasons": [(label, review.content.get(name, "")) for name, label in REASONS.items()],
        "changed": _changed(review),
        "form": form or (DecisionForm() if _decides(review) else OpinionForm()),
        "return_form": return_form or ReturnForm(auto_id="return_%s"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "rectification/survey/determination.html", context, status=status)


def _changed(review: Review) -> dict[str, list[str]] | None:
    """Who came in and who went out since the round before; None on the first."""
    if review.round == 1:
        return None
    before = {row["uid"]: row["name"] for row in review.before.get("list", [])}
    now = {row["uid"]: row["name"] for row in review.content["list"]}
    return {
        "came": [name for uid, name in now.items() if uid not in before],
        "went": [name for uid, name in before.items() if uid not in now],
    }


@policy(OFFICERS, scope="review")
@require_POST
def return_list(request: HttpRequest, uid) -> HttpResponse:
    """Send the list back with a reason."""
    review = _review(request, uid)
    form = ReturnForm(request.POST, auto_id="return_%s")
    if not form.is_valid():
        return _determination(request, review, return_form=form)
    try:
        actions.return_determination(
            review_id=review.pk,
            by=request.post,
            at=timezone.now(),
            opinion=form.cleaned_data["reason"],
            opened=opened_version(request),
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return _determination(request, review, return_form=form)
    messages.success(request, f"名单已退回，下一步由{review.organization.office}修改后重新提交。")
    return redirect("survey:determination", uid=review.uid)
