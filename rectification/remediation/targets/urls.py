"""Addresses of 量化目标 and 专项整治."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
