"""The page that sends a township's scores up: whom it proposes, why not the others, what was decided before."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.errors import Invalid, Refused
from accounts.policy import policy
from rectification.schemes.terms import criterion_name
from rectification.survey import actions, scoring
from rectification.survey.determination_rules import township_reason_needed
from rectification.survey.models import Assessment, Sheet
from rectification.survey.sheet_step_forms import StepsForm
from rectification.survey.sheet_steps import self_check_lack, steps_of_sheet
from rectification.survey.sheet_views import SCORERS, address, sheet_in
from rectification.survey.terms import Place
from rectification.survey.views import surveys

PROPOSAL = "建议列为整顿对象"


@policy(SCORERS, scope="survey")
@require_http_methods(["GET", "POST"])
def submit(request: HttpRequest, uid: Any) -> HttpResponse:
    """Whom the township proposes, why not the others, and sending it to the survey's holder."""
    survey = get_object_or_404(surveys(request), uid=uid)
    sheet = sheet_in(request, survey, request.GET.get("township", str(request.post.organization.uid)))
    rows, places = scoring.sheet_places(sheet)
    steps = StepsForm(
        request.POST or None,
        request.FILES or None,
        steps=steps_of_sheet(sheet),
        standing={step.order: step for step in sheet.steps.all()},
        body=sheet.organization.organ,
    )
    if request.method == "GET":
        return _page(request, sheet, rows, places, steps)
    if refused := scoring.scoring_refusal(survey, sheet, request.post):
        messages.error(request, refused)
        return redirect(address("grid", sheet))
    _take_in(request, rows)
    if not steps.is_valid():
        return _page(request, sheet, rows, places, steps)
    errors = _send(request, sheet, rows, steps)
    if errors is not None:
        return _page(request, sheet, rows, places, steps, errors)
    if sheet.organization_id == survey.organization_id:
        messages.success(request, "评分已提交，下一步由本级封存评分、排定名次。")
        return redirect("survey:list")
    office = survey.organization.office
    messages.success(request, f"评分已提交，下一步由{office}汇总排名；需要更正时请其退回。")
    return redirect(address("grid", sheet))


def _send(
    request: HttpRequest, sheet: Sheet, rows: list[Assessment], steps: StepsForm
) -> dict[str, str] | None:
    """Submit; None when it went up, else what is wrong by row; what is wrong with a step stands at its field."""
    try:
        actions.submit_township(
            survey_id=sheet.survey_id,
            by=request.post,
            at=timezone.now(),
            proposed={row.pk for row in rows if row.township_proposes},
            reasons={row.pk: row.township_reason for row in rows},
            opinions={row.pk: row.township_opinion for row in rows},
            steps=steps.entries(),
        )
    except Invalid as invalid:
        own = {key: texts for key, texts in invalid.errors.items() if key not in steps.fields}
        for key in invalid.errors.keys() - own.keys():
            steps.add_error(key, invalid.errors[key])
        return {key: texts[0] for key, texts in own.items()}
    except Refused as refused:
        return {"": str(refused)}
    return None


def _take_in(request: HttpRequest, rows: list[Assessment]) -> None:
    """Put what was ticked and typed into the rows, where the page finds it again."""
    ticked = request.POST.getlist("proposed")
    if not set(ticked) <= {str(row.uid) for row in rows}:
        raise Http404
    for row in rows:
        key = str(row.uid)
        row.township_proposes = key in ticked
        row.township_reason = request.POST.get(f"reason-{key}", "").strip()[:1000]
        row.township_opinion = request.POST.get(f"opinion-{key}", "").strip()[:1000]


def _page(
    request: HttpRequest,
    sheet: Sheet,
    rows: list[Assessment],
    places: dict[int, Place],
    steps: StepsForm,
    errors: dict[str, str] | None = None,
) -> HttpResponse:
    errors = errors or {}
    lines = _lines(request, sheet, rows, places, errors)
    lacking, demanded = self_check_lack(sheet)
    context = {
        "survey": sheet.survey,
        "sheet": sheet,
        "lines": lines,
        "others": len(rows) - len(lines),
        "wordless": sum(bool(row.wordless) for row in rows),
        "gone": [place.why for place in places.values() if place.gone],
        "lacking": lacking,
        "demanded": demanded,
        "steps": steps,
        "errors": [*errors.values(), *(text for texts in steps.errors.values() for text in texts)],
        "refusal": scoring.scoring_refusal(sheet.survey, sheet, request.post),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "rectification/survey/submit.html", context, status=status)


def _lines(
    request: HttpRequest,
    sheet: Sheet,
    rows: list[Assessment],
    places: dict[int, Place],
    errors: dict[str, str],
) -> list[dict[str, Any]]:
    criteria = list(sheet.survey.scheme.criteria.all())
    names = {criterion.order: criterion_name(criterion) for criterion in criteria}
    fresh = request.method == "GET" and not sheet.submitted_at
    lines = []
    for row in sorted(rows, key=lambda row: places[row.pk].score):
        place = places[row.pk]
        if place.gone or not (place.deducted or place.criteria or place.grounds):
            continue
        needed = township_reason_needed(place, proposed=False, criteria=criteria)
        opinion = PROPOSAL if fresh and not row.township_opinion else row.township_opinion
        lines.append(
            {
                "row": row,
                "place": place,
                "criteria": "、".join(names[order] for order in place.criteria),
                "wordless": "、".join(names[order] for order in row.wordless),
                "needed": needed,
                "proposed": bool(needed) if fresh else row.township_proposes or row.carried,
                "opinion": opinion,
                "error": errors.get(str(row.uid), ""),
            }
        )
    return lines
