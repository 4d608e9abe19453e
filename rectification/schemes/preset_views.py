"""样本: the presets shipped, read and compared side by side before one becomes a draft."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import policy
from accounts.roles import OFFICERS
from organizations.rules import Level
from rectification.schemes.preset_comparison import compared
from rectification.schemes.preset_files import Preset, preset_keys, shipped
from rectification.schemes.preset_rows import paper
from rectification.schemes.rights import issuing_refusal
from rectification.schemes.terms import Mode

MOST = 3
"""More columns than these nobody can read beside each other."""


def _head(preset: Preset) -> dict[str, Any]:
    return {
        "key": preset.key,
        "title": preset.title.replace("{year}年度", ""),
        "level": Level(preset.issuer_level).label,
        "mode": Mode(preset.mode).label,
        "mode_source": paper(preset.selection.source),
        "source": paper(preset.source),
        "criteria": len(preset.criteria),
        "phases": len(preset.phases),
        "duties": len(preset.duty_rules),
        "gaps": len(preset.practice.gaps),
    }


@policy(OFFICERS, scope="none")
@require_GET
def presets(request: HttpRequest) -> HttpResponse:
    """Every preset with who issues such a scheme, how it determines and which paper it comes from."""
    level = request.post.organization.level
    rows = [shipped(key) for key in preset_keys()]
    rows.sort(key=lambda preset: preset.issuer_level != level)
    context = {"rows": [_head(preset) for preset in rows], "may_issue": _may_issue(request)}
    return render(request, "rectification/schemes/presets.html", context)


def _may_issue(request: HttpRequest) -> bool:
    return issuing_refusal(request.post.organization, request.post) is None


@policy(OFFICERS, scope="none")
@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """One preset to read, or two or three beside each other with the differences marked."""
    asked = list(dict.fromkeys(key for key in request.GET.getlist("preset") if key in preset_keys()))
    chosen = [shipped(key) for key in asked[:MOST]]
    chapters = compared(chosen, year=timezone.localdate().year) if chosen else []
    differing = "only" in request.GET and len(chosen) > 1
    if differing:
        chapters = [
            chapter._replace(rows=[row for row in chapter.rows if row.differs]) for chapter in chapters
        ]
    context = {
        "presets": [_head(preset) for preset in chosen],
        "chapters": [chapter for chapter in chapters if chapter.rows],
        "differing": differing,
        "too_many": len(asked) > MOST,
        "may_issue": _may_issue(request),
        "query": "&".join(f"preset={preset.key}" for preset in chosen),
    }
    return render(request, "rectification/schemes/presets_compare.html", context)
