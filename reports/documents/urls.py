"""Addresses of the documents a unit writes."""

from typing import Any

urlpatterns: list[Any] = []
