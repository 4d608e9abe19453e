"""Addresses of 督导检查."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
