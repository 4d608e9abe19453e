"""Addresses of 通报."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
