"""Addresses of pages asked of the router once: a list leads to fifty of them, the frame of every page to thirty."""

from functools import cache
from uuid import UUID

from django.conf import settings
from django.urls import get_script_prefix, reverse

ANY = UUID(int=0)


def page_of(name: str, uid: UUID) -> str:
    """What `reverse(name, args=[uid])` says, for addresses with a uid and nothing else."""
    return _pattern(name, settings.ROOT_URLCONF, get_script_prefix()).replace(str(ANY), str(uid))


def plain_page(name: str) -> str:
    """What `reverse(name)` says, for addresses with nothing in them; raises NoReverseMatch as it does."""
    return _plain(name, settings.ROOT_URLCONF, get_script_prefix())


@cache
def _pattern(name: str, _urls: str, _prefix: str) -> str:
    return reverse(name, args=[ANY])


@cache
def _plain(name: str, _urls: str, _prefix: str) -> str:
    return reverse(name)
