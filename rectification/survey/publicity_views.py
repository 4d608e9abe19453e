"""Pages of the publicity: recording it, its objections, how each was handled, closing it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.submission import carry_out, opened_version
from rectification.survey import holders, publicity, publicity_rules
from rectification.survey.joint_models import Objection, Publicity
from rectification.survey.models import Survey, SurveyState
from rectification.survey.publicity_forms import HandlingForm, ObjectionForm, PublicityForm
from rectification.survey.ranking import assessed_name
from rectification.survey.views import held


def _publicity(request: HttpRequest, uid) -> Publicity:
    rows = Publicity.objects.visible_to(request.post)
    related = ("survey__scheme", "survey__review", "survey__organization", "scan", "by__user")
    return get_object_or_404(rows.select_related(*related), uid=uid)


@policy(holders.HOLDERS, scope="survey")
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, uid) -> HttpResponse:
    """Record where the list is shown and how long; correct it while it runs."""
    survey = held(request, uid)
    standing = Publicity.objects.visible_to(request.post).filter(survey=survey).first()
    initial = {"place": standing.place, "starts_on": standing.starts_on} if standing else {}
    if standing:
        initial |= {"ends_on": standing.ends_on, "document": standing.document}
    form = PublicityForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST":
        made = carry_out(form, lambda: _publish(request, survey, form))
        if made is not None:
            day = made.ends_on
            messages.success(
                request,
                f"已登记公布，{day.year}年{day.month}月{day.day}日期满；期间有异议的在本页登记，"
                f"期满后由{survey.organization.office}办结。",
            )
            return redirect(made)
    context = {
        "survey": survey,
        "standing": standing,
        "form": form,
        "least": survey.scheme.publicity_least_days,
        "refusal": publicity.correction_refusal(standing)
        if standing
        else publicity.publishing_refusal(survey, request.post),
    }
    return render(request, "rectification/survey/publish.html", context, status=422 if form.errors else 200)


def _publish(request: HttpRequest, survey: Survey, form: PublicityForm) -> Publicity:
    return publicity.publish(
        survey_id=survey.pk,
        by=request.post,
        at=timezone.now(),
        version=opened_version(request),
        **form.cleaned_data,
    )


@policy(OFFICERS, scope="publicity")
@require_GET
def publicity_page(request: HttpRequest, uid) -> HttpResponse:
    """A publicity with its objections."""
    return _page(request, _publicity(request, uid))


def _page(request: HttpRequest, one: Publicity, status: int = 200, **more: Any) -> HttpResponse:
    objections = list(
        one.objections.select_related(
            "assessment__organization", "assessment__scorer", "assessment__case", "by__user"
        )
    )
    for row in objections:
        row.assessment.survey = one.survey
    holder = holders.is_holder(one.survey, request.post)
    today = timezone.localdate()
    choices = [(str(row.uid), assessed_name(row)) for row in publicity.published(one)]
    context = {
        "one": one,
        "survey": one.survey,
        "determined": one.survey.state == SurveyState.DETERMINED,
        "objections": [
            {"row": row, "name": assessed_name(row.assessment), "handled": publicity.plain(row).handled}
            for row in objections
        ],
        "may": holder and one.closed_at is None,
        "lacks": publicity_rules.closing_refusal(
            one.ends_on, [publicity.plain(row) for row in objections], today=today
        ),
        "form": ObjectionForm(choices=choices),
        "handling_form": HandlingForm(auto_id="handling_%s"),
    } | more
    return render(request, "rectification/survey/publicity.html", context, status=status)


@policy(holders.HOLDERS, scope="publicity")
@require_POST
def object_to(request: HttpRequest, uid) -> HttpResponse:
    """Record an objection."""
    one = _publicity(request, uid)
    choices = [(str(row.uid), assessed_name(row)) for row in publicity.published(one)]
    form = ObjectionForm(request.POST, choices=choices)
    made = carry_out(
        form,
        lambda: publicity.object_to(
            publicity_id=one.pk,
            assessment_uid=form.cleaned_data["assessment"],
            text=form.cleaned_data["text"],
            raised_on=form.cleaned_data["raised_on"],
            by=request.post,
            at=timezone.now(),
        ),
    )
    if made is None:
        return _page(request, one, 422, form=form)
    messages.success(request, f"已登记对“{assessed_name(made.assessment)}”的异议，下一步核实并登记处理情况。")
    return redirect(one)


@policy(holders.HOLDERS, scope="objection")
@require_POST
def handle(request: HttpRequest, uid) -> HttpResponse:
    """How an objection was handled."""
    rows = Objection.objects.visible_to(request.post)
    objection = get_object_or_404(rows.select_related("publicity"), uid=uid)
    one = _publicity(request, objection.publicity.uid)
    if not holders.is_holder(one.survey, request.post):
        raise Http404
    form = HandlingForm(request.POST, auto_id="handling_%s")
    done = carry_out(
        form,
        lambda: publicity.handle(
            objection_id=objection.pk, by=request.post, at=timezone.now(), **form.cleaned_data
        ),
    )
    if done is None:
        return _page(request, one, 422, handling_form=form, handling=objection.pk)
    messages.success(request, _handled(one, done))
    return redirect(one)


def _handled(one: Publicity, done: Objection) -> str:
    if not done.upheld:
        return "已登记异议处理情况：不成立，保留在名单中。"
    if one.survey.state == SurveyState.DETERMINED:
        return "已登记：异议成立。下一步在该对象的整顿档案办理“退出整顿”，再办结公布。"
    return "已登记：异议成立，公布办结时移出名单。"


@policy(holders.HOLDERS, scope="publicity")
@require_POST
def close(request: HttpRequest, uid) -> HttpResponse:
    """办结 the publicity."""
    one = _publicity(request, uid)
    try:
        publicity.close(
            publicity_id=one.pk, by=request.post, at=timezone.now(), version=opened_version(request)
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(one)
    review = one.survey.review
    review.refresh_from_db()
    step = review.standing_step
    then = f"下一步由{review.at_unit}办理“{step.name}”" if step and review.at_unit else "各环节已办完"
    messages.success(request, f"公布已办结，{then}。")
    return redirect("survey:determination", uid=review.uid)
