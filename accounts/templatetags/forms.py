"""Template tags every form uses."""

import uuid

from django import template
from django.utils.html import format_html

register = template.Library()


@register.simple_tag
def submission_key(version: int | None = None) -> str:
    """The hidden fields of a mutating form: its key, so that it is carried out once, and the version it was opened with."""
    key = format_html('<input type="hidden" name="_key" value="{}">', uuid.uuid4())
    if version is None:
        return key
    return format_html('{}<input type="hidden" name="_version" value="{}">', key, version)
