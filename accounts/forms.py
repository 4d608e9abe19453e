"""Clean input for accounts, and the way every form of the site is drawn."""

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """Fields drawn by our own component, so that label, help and error stand the same everywhere."""

    field_template_name = "components/field.html"
