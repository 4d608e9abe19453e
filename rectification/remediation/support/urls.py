"""Addresses of 帮扶力量."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
