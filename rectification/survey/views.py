"""Pages of the survey as a whole: the list for each kind of post, opening, following the roster, closing."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import SUBTREE, Role
from accounts.year import working_year
from organizations.models import Organization
from organizations.rules import Level
from organizations.scope import within
from rectification.schemes.models import Criterion, Scheme
from rectification.survey import actions, holders, opening, overview
from rectification.survey.forms import OpenForm, ReasonForm, ReturnForm
from rectification.survey.models import Sheet, Survey, SurveyState


def surveys(request: HttpRequest):
    """Surveys the post may see, with what every page of the room needs."""
    return (
        Survey.objects.visible_to(request.post)
        .select_related("organization", "scheme__issuer", "review__at_unit")
        .prefetch_related(Prefetch("scheme__criteria", Criterion.objects.order_by("order")))
    )


def held(request: HttpRequest, uid) -> Survey:
    """A survey of the post's own subtree: one held above is read in its own sheet, not as a whole."""
    return get_object_or_404(surveys(request).filter(within(request.post)), uid=uid)


def _phase(survey: Survey):
    """The survey's phase of the year, for the line that says by when."""
    return survey.scheme.phases.filter(stage="survey").first()


@policy(SUBTREE, scope="none")
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The room's first page, by post: counties for the city, townships for the county, the own sheet below."""
    return _listing(request)


def _listing(request: HttpRequest, form: OpenForm | None = None, status: int = 200) -> HttpResponse:
    year, post = working_year(request), request.post
    rows = surveys(request).filter(year=year)
    if post.role == Role.CITY_REVIEWER:
        counties = Organization.objects.visible_to(post).active().filter(level=Level.COUNTY)
        lines = overview.counties(counties, rows.prefetch_related("scheme__quotas"))
        context = {"year": year, "table": overview.table(lines), "rows": lines}
        return render(request, "rectification/survey/counties.html", context)
    survey = holders.nearest(rows, post)
    if survey is not None and holders.is_holder(survey, post):
        return _whole(request, _context(survey), status)
    scheme = Scheme.objects.visible_to(post).governing(post.organization, year)
    refusal = opening.opening_refusal(scheme, post.organization, post)
    if survey is None or refusal is None:  # a township may still hold its own while the county's runs
        return _not_open(request, year, scheme, refusal, form, status, survey)
    return redirect("survey:grid", uid=survey.uid)


def _not_open(
    request: HttpRequest,
    year: int,
    scheme: Scheme | None,
    refusal: str | None,
    form: OpenForm | None,
    status: int,
    above: Survey | None,
) -> HttpResponse:
    """Nothing yet: who holds it may open it, everybody else reads whom it waits for."""
    if form is None:
        form = OpenForm(initial={"base_on": (scheme and scheme.survey_base_on) or timezone.localdate()})
    context = {"year": year, "scheme": scheme, "refusal": refusal, "form": form, "above": above}
    return render(request, "rectification/survey/not_open.html", context, status=status)


def _whole(request: HttpRequest, context: dict, status: int = 200, **more) -> HttpResponse:
    """The holder's view: the sheets with what was sent, and closing the scoring."""
    survey = context["survey"]
    apart = overview.held_below(survey)
    context |= {
        "fields": overview.fields_of(survey),
        "townships": overview.townships(survey, Sheet.objects.visible_to(request.post)),
        "apart": apart,
        "unclassified": opening.unclassified(survey, apart),
        "lacks": opening.freezing_lacks(survey) if survey.state == SurveyState.SCORING else [],
        "remarks": survey.remarks.select_related("by__user", "by__organization", "sheet__organization"),
        "freeze_form": ReasonForm(auto_id="freeze_%s"),
        "unfreeze_form": ReasonForm(auto_id="unfreeze_%s"),
    } | more
    return render(request, "rectification/survey/county.html", context, status=status)


@policy(holders.HOLDERS, scope="none")
@require_POST
def open_(request: HttpRequest) -> HttpResponse:
    """Open the unit's survey."""
    post, form = request.post, OpenForm(request.POST)
    scheme = Scheme.objects.visible_to(post).governing(post.organization, working_year(request))
    if not form.is_valid():
        return _listing(request, form, 422)
    try:
        survey = actions.open_survey(
            scheme=scheme, holder=post.organization, by=post, at=timezone.now(), **form.cleaned_data
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        if surveys(request).filter(organization=post.organization, year=working_year(request)).exists():
            messages.error(request, str(refused))  # the page of a survey that is open shows no such form
        return _listing(request, form, 422)
    count = survey.assessments.count()
    following = "逐个评分" if survey.by_township else "由各乡镇（街道）评分"
    messages.success(request, f"已开展{survey.year}年摸排，纳入基层党组织 {count} 个；下一步{following}。")
    return redirect("survey:list")


@policy(holders.HOLDERS, scope="survey")
@require_POST
def refresh(request: HttpRequest, uid) -> HttpResponse:
    """Follow the roster."""
    survey = held(request, uid)
    try:
        came, went = actions.refresh(survey_id=survey.pk, by=request.post, at=timezone.now())
        messages.success(request, f"已按名册更新摸排对象：新纳入 {came} 个，退出 {went} 个。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("survey:list")


@policy(holders.HOLDERS, scope="survey")
@require_POST
def freeze(request: HttpRequest, uid) -> HttpResponse:
    """Close the scoring."""
    survey = held(request, uid)
    form = ReasonForm(request.POST, auto_id="freeze_%s")
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        actions.freeze(survey_id=survey.pk, by=request.post, at=timezone.now(), reason=reason)
    except Refused as refused:
        form.add_error("reason", str(refused))
        return _whole(request, _context(survey), 422, freeze_form=form)
    office = survey.organization.office
    messages.success(request, f"已封存评分、排出名次；下一步由{office}研究提出拟整顿对象名单。")
    return redirect("survey:ranking", uid=survey.uid)


@policy(holders.HOLDERS, scope="survey")
@require_POST
def unfreeze(request: HttpRequest, uid) -> HttpResponse:
    """Open the scoring again."""
    survey = held(request, uid)
    form = ReasonForm(request.POST, auto_id="unfreeze_%s")
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        actions.unfreeze(survey_id=survey.pk, by=request.post, at=timezone.now(), reason=reason)
    except Refused as refused:
        form.add_error("reason", str(refused))
        return _whole(request, _context(survey), 422, unfreeze_form=form)
    messages.success(request, "已解除封存；已提交的评分需要更正的，请逐个退回并写明理由。")
    return redirect("survey:list")


def _context(survey: Survey) -> dict:
    return {"year": survey.year, "survey": survey, "phase": _phase(survey)}


@policy(holders.HOLDERS, scope="survey")
@require_POST
def return_sheet(request: HttpRequest, uid) -> HttpResponse:
    """Give a sheet's scores back."""
    survey = held(request, uid)
    sheet = _sheet(request, survey)
    form = ReturnForm(request.POST)
    try:
        if form.is_valid():
            actions.return_township(
                sheet_id=sheet.pk, by=request.post, at=timezone.now(), reason=form.cleaned_data["reason"]
            )
            messages.success(
                request, f"已退回{sheet.organization.short_name}的评分，下一步由其修改后重新提交。"
            )
            return redirect("survey:list")
        problem = "退回须写明理由，说明哪里需要修改"
    except Refused as refused:
        problem = str(refused)
    messages.error(request, problem)
    return _whole(request, _context(survey), 422, returning=sheet.pk, return_form=form)


def _sheet(request: HttpRequest, survey: Survey) -> Sheet:
    """The sheet named by `township` in the form, within scope."""
    sheet = overview.sheet_of(
        survey, request.POST.get("township", ""), Sheet.objects.visible_to(request.post)
    )
    if sheet is None:
        raise Http404
    return sheet
