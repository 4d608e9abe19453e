"""Addresses of pages that one uid names, asked of the router once a page: a list leads to fifty of them."""

from functools import cache
from uuid import UUID

from django.conf import settings
from django.urls import get_script_prefix, reverse

ANY = UUID(int=0)


def page_of(name: str, uid: UUID) -> str:
    """What `reverse(name, args=[uid])` says, for addresses with a uid and nothing else."""
    return _pattern(name, settings.ROOT_URLCONF, get_script_prefix()).replace(str(ANY), str(uid))


@cache
def _pattern(name: str, _urls: str, _prefix: str) -> str:
    return reverse(name, args=[ANY])
