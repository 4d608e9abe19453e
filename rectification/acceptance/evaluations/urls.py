"""Addresses of this noun, within the room's namespace."""

from typing import Any

urlpatterns: list[Any] = []
