"""Django's select drawn in Python, byte for byte as its templates do: a list of a city's units has 170 options, and
two templates for each of them were a fifth of the page."""

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

SELECT = "django/forms/widgets/select.html"


def drawn(widget: dict[str, Any]) -> SafeString:
    """The select of a widget's context, as Django's widgets make it for their templates."""
    groups = format_html_join(
        "", "{}", ((_group(name, options),) for name, options, _index in widget["optgroups"])
    )
    return format_html(
        '<select name="{}"{}>{}\n</select>', widget["name"], _attributes(widget["attrs"]), groups
    )


def _group(name: str | None, options: list[dict[str, Any]]) -> SafeString:
    drawn_options = format_html_join(
        "",
        '\n  <option value="{}"{}>{}</option>\n',
        ((str(one["value"]), _attributes(one["attrs"]), one["label"]) for one in options),
    )
    if not name:
        return drawn_options
    return format_html('\n  <optgroup label="{}">{}\n  </optgroup>', name, drawn_options)


def _attributes(given: dict[str, Any]) -> str:
    found = [(name, value) for name, value in given.items() if value is not False]
    return format_html_join("", "{}", ((_attribute(*pair),) for pair in found)) if found else ""


def _attribute(name: str, value: Any) -> SafeString:
    return format_html(" {}", name) if value is True else format_html(' {}="{}"', name, str(value))
