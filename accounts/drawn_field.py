"""A plain input and the field around it drawn in Python, word for word as components/field.html and Django's templates
do: a page of a scheme's rules has three hundred fields, and five templates for each were three quarters of the page."""

from typing import Any

from django import forms
from django.utils.safestring import SafeString, mark_safe

from accounts.drawn_select import attributes, said

FIELD = "components/field.html"
WIDGETS = "django/forms/widgets"
INPUTS = frozenset(
    f"{WIDGETS}/{name}.html"
    for name in ("text", "number", "email", "date", "hidden", "checkbox", "password", "file")
)
TEXTAREA = f"{WIDGETS}/textarea.html"
CLASSES = (
    (forms.CheckboxInput, "form-check-input"),
    ((forms.CheckboxSelectMultiple, forms.RadioSelect), "form-check-input"),
    (forms.Select, "form-select"),
    (forms.HiddenInput, ""),
)


def an_input(widget: dict[str, Any]) -> SafeString:
    """An input from its widget's context."""
    value = "" if widget["value"] is None else f' value="{said(widget["value"])}"'
    named = f'type="{said(widget["type"])}" name="{said(widget["name"])}"'
    return mark_safe(  # noqa: S308 — reviewed: every piece is escaped
        f"<input {named}{value}{attributes(widget['attrs'])}>"
    )


def a_textarea(widget: dict[str, Any]) -> SafeString:
    """A textarea from its widget's context."""
    begun = f'<textarea name="{said(widget["name"])}"{attributes(widget["attrs"])}>'
    return mark_safe(  # noqa: S308 — reviewed: every piece is escaped
        f"{begun}\n{said(widget['value'] or '')}</textarea>"
    )


def in_our_look(field: forms.BoundField) -> SafeString:
    """The input of a bound field in the look of the site; a class set on the widget itself is kept."""
    own = field.field.widget.attrs.get("class", "")
    look = next((name for kind, name in CLASSES if isinstance(field.field.widget, kind)), "form-control")
    return field.as_widget(attrs={"class": f"{look} {own}".strip()})


def a_field(field: forms.BoundField) -> SafeString:
    """Label, hint, input and errors of a field that is no set of boxes."""
    errors, named, label = field.errors, said(field.auto_id), said(field.label)
    hint, wrong = field.help_text, " field-wrong" if errors else ""
    below = f'<div class="form-hint" id="{named}_helptext">{said(hint)}</div>' if hint else ""
    texts = "".join(f"<div>{said(text)}</div>" for text in errors)
    faults = f'<div class="field-error" id="{named}_error">{texts}</div>' if errors else ""
    if isinstance(field.field.widget, forms.CheckboxInput):
        label = f'{in_our_look(field)}<span class="form-check-label">{label}</span>'
        parts = f'<label class="form-check">{label}</label>\n  {below}'
        wrong = f" field-check{wrong}"
    else:
        needed = '<span class="required">必填</span>' if field.field.required else ""
        head = f'<label class="form-label" for="{said(field.id_for_label)}">{label}{needed}</label>'
        parts = f"{head}\n  {below}\n  {in_our_look(field)}"
    return mark_safe(  # noqa: S308 — reviewed: every piece is escaped
        f'<div class="field{wrong}">\n  {parts}\n  {faults}\n</div>'
    )
