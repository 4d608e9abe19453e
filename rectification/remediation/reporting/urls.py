"""Addresses of 进展报告."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
