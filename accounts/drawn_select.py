"""Django's select drawn in Python, byte for byte as its templates do: a list of a city's units has 170 options, and
two templates for each of them were a fifth of the page."""

from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe

SELECT = "django/forms/widgets/select.html"


def said(value: Any) -> str:
    """A value as text of a page: escaped, unless it was marked as markup by whoever made it."""
    text = str(value)
    return text if isinstance(text, SafeString) else escape(text)


def attributes(given: dict[str, Any]) -> str:
    """The attributes of a tag, as attrs.html draws them."""
    return "".join(
        f" {said(name)}" if value is True else f' {said(name)}="{said(value)}"'
        for name, value in given.items()
        if value is not False
    )


def drawn(widget: dict[str, Any]) -> SafeString:
    """The select of a widget's context, as Django's widgets make it for their templates."""
    groups = "".join(_group(name, options) for name, options, _index in widget["optgroups"])
    return mark_safe(  # noqa: S308 — reviewed: every piece is escaped
        f'<select name="{said(widget["name"])}"{attributes(widget["attrs"])}>{groups}\n</select>'
    )


def _group(name: str | None, options: list[dict[str, Any]]) -> str:
    drawn_options = "".join(
        f'\n  <option value="{said(one["value"])}"{attributes(one["attrs"])}>{said(one["label"])}</option>\n'
        for one in options
    )
    if not name:
        return drawn_options
    return f'\n  <optgroup label="{said(name)}">{drawn_options}\n  </optgroup>'
