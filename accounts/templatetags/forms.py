"""Template tags every form uses."""

import uuid
from typing import Any

from django import forms, template
from django.utils.html import format_html

from accounts.drawn_field import in_our_look
from accounts.masking import masked
from accounts.tables import show

register = template.Library()


@register.simple_tag
def submission_key(version: int | None = None) -> str:
    """The hidden fields of a mutating form: its key, so that it is done once, and the version it was opened with."""
    key = format_html('<input type="hidden" name="_key" value="{}">', uuid.uuid4())
    if version is None:
        return key
    return format_html('{}<input type="hidden" name="_version" value="{}">', key, version)


@register.simple_tag
def widget(field: forms.BoundField) -> str:
    """The input of a bound field in the look of the site; a class set on the widget itself is kept."""
    return in_our_look(field)


@register.filter
def particular(value: str, label: str) -> str:
    """A particular over a table: the telephone number masked, anything else as it is."""
    return masked(value) if label == "联系电话" else value


@register.filter
def is_checkbox(field: forms.BoundField) -> bool:
    """Whether the label stands behind the input."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.simple_tag
def stale_rows(form: forms.BaseForm, current: Any) -> list[dict[str, str]]:
    """What was typed beside what stands now, for the fields of a form that differ."""
    rows = []
    for field in form:
        if not hasattr(current, field.name):
            continue
        display = getattr(current, f"get_{field.name}_display", None)
        now = show(display() if display else getattr(current, field.name))
        value = form.cleaned_data.get(field.name) if hasattr(form, "cleaned_data") else None
        choices = dict(
            getattr(field.field, "flatchoices", None) or getattr(field.field, "choices", None) or {}
        )
        typed = show(choices.get(value, value) if isinstance(value, str) else value)
        if now != typed:
            rows.append({"label": str(field.label), "current": now, "typed": typed})
    return rows
