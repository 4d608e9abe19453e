"""Addresses of 督导文书."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
