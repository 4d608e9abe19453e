"""Pages of self-checks and notes of visits: who has checked itself, writing one, reading one."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policy import policy
from accounts.roles import SUBTREE, Role
from accounts.submission import carry_out, opened_version
from organizations.models import Organization
from rectification.schemes.practice_models import FormKind
from rectification.survey import notes
from rectification.survey.models import Assessment, AssessmentQuerySet, Sheet, Survey
from rectification.survey.note_forms import NoteFilterForm, NoteForm
from rectification.survey.note_lists import demands_self_check, lines_of
from rectification.survey.note_models import SurveyNote
from rectification.survey.views import surveys

WRITERS = frozenset({Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER, Role.VILLAGE_REPORTER})
VISITORS = frozenset({Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER})
PAGE = 50


def assessed(request: HttpRequest, uid: Any) -> Assessment:
    """One organization of a survey, within scope, with what every page of it needs."""
    rows = Assessment.objects.visible_to(request.post).select_related(
        "organization",
        "scorer",
        "primary",
        "case",
        "survey__organization",
        "survey__scheme",
        "survey__review",
    )
    return get_object_or_404(rows, uid=uid)


@policy(SUBTREE, scope="survey")
@require_GET
def listing(request: HttpRequest, uid: Any) -> HttpResponse:
    """The survey's organizations with their self-checks and visits."""
    survey = get_object_or_404(surveys(request), uid=uid)
    written = SurveyNote.objects.visible_to(request.post).filter(
        survey=survey, organization=OuterRef("organization")
    )
    every = (
        Assessment.objects.visible_to(request.post)
        .of(survey)
        .alias(
            self_checked=Exists(written.self_checks()),
            visited=Exists(written.exclude(kind=FormKind.SELF_CHECK)),
        )
    )
    offices = Organization.objects.visible_to(request.post).filter(pk__in=every.order_by().values("scorer"))
    townships = [
        (str(uid), name) for uid, name in offices.order_by("short_name").values_list("uid", "short_name")
    ]
    form = NoteFilterForm(request.GET or None, townships=townships)
    rows = _wanted(every, form.cleaned_data if form.is_valid() else {})
    page = Paginator(rows.select_related("organization", "scorer"), PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.survey = survey
    page.object_list = lines_of(survey, page.object_list, request.post)
    context = {
        "survey": survey,
        "form": form,
        "page": page,
        **every.order_by().aggregate(total=Count("pk"), checked=Count("pk", filter=Q(self_checked=True))),
        "demanded": demands_self_check(survey.scheme),
        "forms": _visit_forms(survey),
        "may_visit": request.post.role in VISITORS,
    }
    return render(request, "rectification/survey/notes.html", context)


def _wanted(rows: AssessmentQuerySet, wanted: dict[str, str]) -> AssessmentQuerySet:
    states = {
        "unchecked": Q(self_checked=False),
        "checked": Q(self_checked=True),
        "unvisited": Q(visited=False),
        "visited": Q(visited=True),
    }
    rows = rows.filter(states.get(wanted.get("state", ""), Q()))
    if wanted.get("township"):
        rows = rows.filter(scorer__uid=wanted["township"])
    return rows.filter(organization__short_name__contains=wanted["name"]) if wanted.get("name") else rows


def _visit_forms(survey: Survey) -> list[tuple[str, str]]:
    """The kinds of visits the scheme knows, each with its title; both kinds where it names none."""
    titles = {one.kind: one.title for one in survey.scheme.survey_forms.exclude(kind=FormKind.SELF_CHECK)}
    return list(titles.items()) or [(kind.value, kind.label) for kind in notes.VISITS]


@policy(WRITERS, scope="assessment")
@require_http_methods(["GET", "POST"])
def self_check(request: HttpRequest, uid: Any) -> HttpResponse:
    """The organization's self-check: its own page on a phone, or the township's entry of the signed sheet."""
    row = assessed(request, uid)
    sheet = Sheet.objects.visible_to(request.post).get(survey=row.survey, organization_id=row.scorer_id)
    rows = SurveyNote.objects.visible_to(request.post).self_checks()
    note = rows.filter(survey=row.survey, organization=row.organization).first()
    asked = row.survey.scheme.survey_forms.filter(kind=FormKind.SELF_CHECK).first()
    form = NoteForm(
        request.POST or None,
        request.FILES or None,
        row=row,
        kind=FormKind.SELF_CHECK,
        asked=asked,
        note=note,
        on_paper=not notes.is_own(row, request.post),
    )
    if request.method == "POST" and (saved := carry_out(form, lambda: _send(request, row, form))):
        messages.success(
            request,
            f"{row.organization.short_name}的自查已提交，下一步由{row.scorer.organ}评分；"
            f"{row.scorer.short_name}提交评分以前可以修改。",
        )
        return redirect("survey:note", uid=saved.uid)
    refusal = notes.self_check_refusal(row, sheet, request.post, note)
    return _note_form(request, row, form, note, refusal, asked.title if asked else "对照情形自查")


def _send(request: HttpRequest, row: Assessment, form: NoteForm) -> SurveyNote:
    return notes.save_self_check(
        assessment_id=row.pk,
        version=opened_version(request),
        by=request.post,
        at=timezone.now(),
        **_said(form),
    )


def _said(form: NoteForm) -> dict[str, Any]:
    data = form.cleaned_data
    return {
        "answers": form.answers(),
        "criteria": form.met(),
        **{name: data[name] for name in ("conclusion", "made_on", "made_by", "scan")},
    }


def _note_form(
    request: HttpRequest,
    row: Assessment,
    form: NoteForm,
    note: SurveyNote | None,
    refusal: str | None,
    title: str,
) -> HttpResponse:
    context = {
        "row": row,
        "survey": row.survey,
        "form": form,
        "note": note,
        "refusal": refusal,
        "title": title,
        "stale": getattr(form, "stale", None),
        "own": notes.is_own(row, request.post),
        "visit": form.kind != FormKind.SELF_CHECK,
        "phase": row.survey.scheme.phases.filter(stage="survey").first(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "rectification/survey/note_form.html", context, status=status)


@policy(VISITORS, scope="assessment")
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, uid: Any, kind: str) -> HttpResponse:
    """A new note of a visit (拉网式摸排, 回访调研)."""
    return _visit(request, assessed(request, uid), kind, None)


@policy(VISITORS, scope="note")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, uid: Any) -> HttpResponse:
    """Correct a note of a visit; a self-check has its own page."""
    note = _note(request, uid)
    row = _row_of(request, note)
    if note.kind == FormKind.SELF_CHECK:
        return redirect("survey:self_check", uid=row.uid)
    return _visit(request, row, note.kind, note)


def _visit(request: HttpRequest, row: Assessment, kind: str, note: SurveyNote | None) -> HttpResponse:
    if kind not in notes.VISITS:
        raise Http404
    asked = note.form if note else row.survey.scheme.survey_forms.filter(kind=kind).first()
    form = NoteForm(request.POST or None, request.FILES or None, row=row, kind=kind, asked=asked, note=note)

    def save() -> SurveyNote:
        return notes.save_visit(
            assessment_id=row.pk,
            kind=kind,
            form=asked,
            note_id=note.pk if note else None,
            version=opened_version(request),
            by=request.post,
            at=timezone.now(),
            **_said(form),
        )

    if request.method == "POST" and (saved := carry_out(form, save)):
        messages.success(request, f"已保存{row.organization.short_name}的{saved.get_kind_display()}记录。")
        return redirect("survey:organization", uid=row.uid)
    refusal = notes.visit_refusal(row, request.post, note)
    return _note_form(request, row, form, note, refusal, asked.title if asked else FormKind(kind).label)


@policy(SUBTREE, scope="note")
@require_GET
def note(request: HttpRequest, uid: Any) -> HttpResponse:
    """One self-check or note of a visit."""
    found = _note(request, uid)
    row = _row_of(request, found)
    if found.kind == FormKind.SELF_CHECK:
        sheet = Sheet.objects.visible_to(request.post).get(survey=row.survey, organization_id=row.scorer_id)
        refusal = notes.self_check_refusal(row, sheet, request.post, found)
    else:
        refusal = notes.visit_refusal(row, request.post, found)
    criteria = {one.order: one for one in row.survey.scheme.criteria.all()}
    context = {
        "note": found,
        "row": row,
        "survey": row.survey,
        "refusal": refusal,
        "met": [criteria[order] for order in found.criteria if order in criteria],
    }
    return render(request, "rectification/survey/note.html", context)


def _note(request: HttpRequest, uid: Any) -> SurveyNote:
    rows = SurveyNote.objects.visible_to(request.post).select_related(
        "organization", "form", "by__user", "by__organization"
    )
    return get_object_or_404(rows.prefetch_related("attachments"), uid=uid)


def _row_of(request: HttpRequest, found: SurveyNote) -> Assessment:
    rows = Assessment.objects.visible_to(request.post).filter(
        survey_id=found.survey_id, organization_id=found.organization_id
    )
    rows = rows.select_related(
        "organization", "scorer", "survey__organization", "survey__scheme", "survey__review"
    )
    return get_object_or_404(rows)
