"""年度方案: the list, drawing one up, reading it, its amendments."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import OFFICERS, SUBTREE
from accounts.tables import Column
from accounts.tables import render as table
from accounts.year import working_year
from organizations.models import Appointment
from organizations.rules import Level
from rectification.schemes import actions, gaps, inheritance, preset_files, previews, reading
from rectification.schemes.editing import issued_by
from rectification.schemes.forms import NewSchemeForm
from rectification.schemes.models import Scheme, SchemeState
from rectification.schemes.rights import issuing_refusal

TONES = {SchemeState.DRAFT: "yellow", SchemeState.IN_FORCE: "green", SchemeState.CLOSED: "grey"}
COLUMNS = (
    Column("title", "方案", kind="link", width=40),
    Column("issuer", "制发单位", lambda scheme: scheme.issuer.short_name, width=14),
    Column("year", "年度", lambda scheme: f"{scheme.year}年", width=8),
    Column("mode", "认定方式", lambda scheme: scheme.get_mode_display(), width=14),
    Column(
        "state",
        "状态",
        lambda scheme: scheme.get_state_display(),
        kind="light",
        tone=lambda scheme: TONES[scheme.state],
    ),
    Column(
        "since",
        "开始执行",
        lambda scheme: timezone.localdate(scheme.in_force_at) if scheme.in_force_at else None,
        kind="date",
        width=14,
    ),
)


@policy(SUBTREE, scope="none")
@require_GET
def schemes(request: HttpRequest) -> HttpResponse:
    """Every scheme the post may read, newest year first."""
    rows = list(Scheme.objects.visible_to(request.post).select_related("issuer"))
    context = {
        "count": len(rows),
        "table": table(COLUMNS, rows, caption="年度方案"),
        "may_issue": _may_issue(request.post),
        "may_compare": request.post.role in OFFICERS,
    }
    return render(request, "rectification/schemes/list.html", context)


def _may_issue(post: Appointment) -> bool:
    return issuing_refusal(post.organization, post) is None


def _sources(post: Appointment) -> list[tuple[str, str]]:
    """What a new scheme may start from: the schemes the post reads, then the presets."""
    rows = Scheme.objects.visible_to(post).exclude(state=SchemeState.DRAFT).select_related("issuer")
    found = [
        (f"scheme:{row.uid}", f"{row.issuer}：《{row.title}》（{row.get_state_display()}）") for row in rows
    ]
    presets = [preset_files.shipped(key) for key in preset_files.preset_keys()]
    # Those made for a unit of this level first
    for preset in sorted(presets, key=lambda preset: preset.issuer_level != post.organization.level):
        level = Level(preset.issuer_level).label
        name = preset.title.replace("{year}年度", "")
        found.append((f"preset:{preset.key}", f"样本：{name}（{level}级，示例分值可改）"))
    return found


@policy(OFFICERS, scope="none")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Draw up a scheme from a preset, from last year's or from the superior's."""
    post = request.post
    year = working_year(request)
    sources = _sources(post)
    form = NewSchemeForm(request.POST or None, sources=sources, year=year)
    if (asked := request.GET.get("source", "")) in dict(sources):
        form.fields["source"].initial = asked
    if request.method == "POST" and form.is_valid():
        kind, _, key = form.cleaned_data["source"].partition(":")
        given = {"issuer": post.organization, "year": form.cleaned_data["year"], "by": post}
        try:
            if kind == "preset":
                title = form.cleaned_data["title"] or None
                made = actions.create_from_preset(preset_key=key, title=title, at=timezone.now(), **given)
            else:
                source = get_object_or_404(Scheme.objects.visible_to(post), uid=key)
                title = form.cleaned_data["title"] or None
                made = actions.copy(source=source, title=title, at=timezone.now(), **given)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "已拟订方案，请逐项核对（示例分值须改成本地规定），无误后付诸执行。")
            return redirect(made)
    context = {"form": form, "refused": issuing_refusal(post.organization, post)}
    return render(request, "rectification/schemes/new.html", context, status=422 if form.errors else 200)


@policy(SUBTREE, scope="scheme")
@require_GET
def detail(request: HttpRequest, uid: str) -> HttpResponse:
    """The whole scheme to read and print: what stands, where it comes from, what is only a starter."""
    rows = Scheme.objects.visible_to(request.post).select_related("issuer", "based_on__issuer")
    scheme = get_object_or_404(rows.prefetch_related("gaps"), uid=uid)
    parts = reading.parts_of(scheme)
    may_edit = scheme.state != SchemeState.CLOSED and issuing_refusal(scheme.issuer, request.post) is None
    starters = sum(row.starter for rows in parts.values() for row in rows) + len(scheme.starter_values)
    empty = list(scheme.gaps.all())
    officer = request.post.role in OFFICERS
    context = {
        "compared": inheritance.compared(scheme, parts) if officer else None,
        "below": inheritance.resting_on(scheme, Scheme.objects.visible_to(request.post)) if officer else [],
        "scheme": scheme,
        "parts": parts,
        "chapters": reading.sections_of(scheme, parts, empty, may_edit=may_edit),
        "gaps": empty,
        "open_gaps": [gap for gap in empty if gap.filled_at is None],
        "filled_gaps": [gap for gap in empty if gap.filled_at],
        "head": reading.head_of(scheme),
        "chains": reading.chains_of(parts["chain"]),
        "height": 32 + 26 * len(parts["phases"]),
        "bars": reading.timeline(parts["phases"], scheme.year),
        "months": reading.MONTHS,
        "duties": previews.duty_previews(scheme, parts["duty_rules"], parts["phases"]),
        "total": sum(row.points for row in parts["acceptance"] if row.points),
        "problems": [one for one in actions.problems(scheme, parts) if one.path != "gaps"]
        if may_edit
        else [],
        "starters": starters,
        "may_edit": may_edit,
        "may_close": may_edit and scheme.state == SchemeState.IN_FORCE,
        "may_issue": _may_issue(request.post) and scheme.state != SchemeState.DRAFT,
        "tone": TONES[scheme.state],
        "amendments": scheme.amendments.count(),
    }
    return render(request, "rectification/schemes/detail.html", context)


@policy(SUBTREE, scope="scheme")
@require_GET
def amendments(request: HttpRequest, uid: str) -> HttpResponse:
    """What was changed while in force: before, after, why, by whom."""
    scheme = get_object_or_404(Scheme.objects.visible_to(request.post).select_related("issuer"), uid=uid)
    rows = scheme.amendments.select_related("by__user", "by__organization")
    return render(request, "rectification/schemes/amendments.html", {"scheme": scheme, "rows": rows})


@policy(OFFICERS, scope="scheme")
@require_POST
def gap(request: HttpRequest, uid: str, order: int) -> HttpResponse:
    """Say that an empty place is filled or not needed, or take that back."""
    scheme = issued_by(request, uid)
    filled = request.POST.get("filled") != "0"
    try:
        marked = gaps.mark(scheme=scheme, order=order, filled=filled, by=request.post, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        left = scheme.gaps.filter(filled_at__isnull=True).count()
        done = "已登记为已填或不需要" if filled else "已重新列为待填"
        messages.success(request, f"“{marked.text}”{done}，还有 {left} 处待填。")
    return redirect(f"{scheme.get_absolute_url()}#gaps")
