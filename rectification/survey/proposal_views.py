"""Pages of the county's list: the ranking with its cut, making up the list, the decision and the way back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import Invalid, Refused
from accounts.policy import policy
from accounts.roles import OFFICERS
from organizations.models import Appointment
from rectification.reviews.chains import unstaffed
from rectification.reviews.models import Decision, Review
from rectification.survey import actions, holders
from rectification.survey.amendments import amendments_of
from rectification.survey.board import board
from rectification.survey.forms import ListForm, chosen_types
from rectification.survey.models import SheetState, Survey
from rectification.survey.proposal import REASONS, chain_after
from rectification.survey.ranking import groups_of
from rectification.survey.views import held

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
        "amendments": amendments_of(survey),
        "unstaffed": _unstaffed(survey, request.post) if own and survey.proposable else [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "rectification/survey/ranking.html", context, status=status)


def _unstaffed(survey: Survey, post: Appointment) -> list[str]:
    """Steps ahead whose unit has nobody in the post: said before the list goes up; nobody decides at all, too."""
    try:
        chain = chain_after(survey.scheme, post) if survey.review is None else []
    except Refused as refused:
        return [str(refused)]
    return unstaffed(chain, survey.organization, timezone.localdate())


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
