"""Template tags of every page's frame, which draw in Python what each page has some thirty times."""

from functools import cache

from django import template
from django.template import Context, defaulttags
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from accounts.addresses import plain_page

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture of static/vendor/icons.svg beside words that say the same."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>\n',
        _icons(),
        name,
    )


@cache
def _icons() -> str:
    return static("vendor/icons.svg")


class Address(defaulttags.URLNode):
    """Django's, but a page that needs nothing but its name is asked of the router once, not at every link."""

    def render(self, context: Context) -> str:
        """The address."""
        if self.args or self.kwargs or self.asvar:
            return super().render(context)
        where = plain_page(self.view_name.resolve(context))
        return conditional_escape(where) if context.autoescape else where


@register.tag
def url(parser: template.base.Parser, token: template.base.Token) -> Address:
    """Where a page is."""
    asked = defaulttags.url(parser, token)
    return Address(asked.view_name, asked.args, asked.kwargs, asked.asvar)
