"""与上级方案的差异: every item above and here, and the reasons of what is laxer."""

from hashlib import sha256
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.submission import carry_out, opened_version
from rectification.schemes import explaining, inheritance
from rectification.schemes.difference_rules import Compared
from rectification.schemes.editing import issued_by
from rectification.schemes.models import Scheme, SchemeState
from rectification.schemes.rights import issuing_refusal

WORDS = {"rows": 2, "class": "form-control"}
TONES = {Compared.LAXER: "red", Compared.STRICTER: "green", Compared.OTHER: "yellow", Compared.SAME: "grey"}


class ReasonsForm(forms.Form):
    """One reason beside each laxer item, and one for all that have none."""

    same = forms.CharField(
        label="其余没有写理由的，用同一理由",
        required=False,
        widget=forms.Textarea(WORDS),
        help_text="逐项写过的不受影响。",
    )

    def __init__(self, *args: Any, compared: inheritance.Comparison | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys: dict[str, str] = {}
        for one in compared.laxer if compared else ():
            # Named after the item, so that what was typed stays with it when the differences change meanwhile
            name = f"reason-{sha256(one.key.encode()).hexdigest()[:16]}"
            self.keys[name] = one.key
            self.fields[name] = forms.CharField(
                label=f"{one.what}更宽的理由",
                required=False,
                initial=compared.words.get(one.key, "") if compared else "",
                widget=forms.Textarea(WORDS),
            )

    def reasons(self) -> dict[str, str]:
        """What was written, by the key of the difference."""
        return {key: self.cleaned_data[name] for name, key in self.keys.items()}

    def add_error(self, field: str | None, error: Any) -> None:
        """An action speaks of the keys of differences, the page of its fields."""
        names = {key: name for name, key in self.keys.items()}
        super().add_error(names.get(field or "", field), error)


@policy(OFFICERS, scope="scheme")
@require_GET
def differences(request: HttpRequest, uid: str) -> HttpResponse:
    """The scheme beside the one above."""
    rows = Scheme.objects.visible_to(request.post).select_related("issuer", "based_on__issuer")
    return _page(request, get_object_or_404(rows, uid=uid))


def _page(
    request: HttpRequest, scheme: Scheme, form: ReasonsForm | None = None, status: int = 200
) -> HttpResponse:
    compared = inheritance.compared(scheme)
    form = form or ReasonsForm(compared=compared)
    writes = issuing_refusal(scheme.issuer, request.post) is None and scheme.state != SchemeState.CLOSED
    context = {
        "scheme": scheme,
        "compared": compared,
        "form": form,
        "writes": writes and compared is not None,
        "laxer": _laxer(compared, form),
        "bare": len(compared.unexplained) if compared else 0,
        "groups": [
            {"label": kind.label, "tone": TONES[kind], "rows": compared.of(kind)}
            for kind in (Compared.STRICTER, Compared.OTHER, Compared.SAME)
        ]
        if compared
        else [],
        "version": getattr(getattr(form, "stale", None), "version", scheme.version),
    }
    return render(request, "rectification/schemes/differences.html", context, status=status)


def _laxer(compared: inheritance.Comparison | None, form: ReasonsForm) -> list[dict[str, Any]]:
    """The laxer items with their fields."""
    fields = {key: form[name] for name, key in form.keys.items()}
    return [
        {"row": one, "field": fields.get(one.key), "reason": compared.reasons.get(one.key)}
        for one in (compared.laxer if compared else [])
    ]


@policy(OFFICERS, scope="scheme")
@require_POST
def explain(request: HttpRequest, uid: str) -> HttpResponse:
    """Save the reasons of what is laxer."""
    scheme = issued_by(request, uid)
    form = ReasonsForm(request.POST, compared=inheritance.compared(scheme))
    saved = carry_out(
        form,
        lambda: explaining.explain(
            scheme_id=scheme.pk,
            version=opened_version(request),
            reasons=form.reasons(),
            same=form.cleaned_data["same"],
            by=request.post,
            at=timezone.now(),
        ),
    )
    if saved is None:
        return _page(request, scheme, form, 422)
    left = len(saved.unexplained)
    if left:
        messages.success(request, f"理由已保存，还有 {left} 项更宽的没有写明理由。")
    elif scheme.state == SchemeState.DRAFT:
        messages.success(request, "理由已保存，更宽的各项都已写明；下一步由本岗位付诸执行。")
    else:
        messages.success(request, "理由已保存，上级可在本页看到。")
    return redirect("schemes:differences", uid=scheme.uid)
