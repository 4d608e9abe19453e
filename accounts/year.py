"""The year in hand: chosen in the top bar (accounts.views.year), kept in the session."""

from django.http import HttpRequest
from django.utils import timezone


def working_year(request: HttpRequest) -> int:
    """The year chosen in the top bar, else this calendar year."""
    return request.session.get("year") or timezone.localdate().year
