"""Rectification: one app, a room per step of the year."""

from django.apps import AppConfig


class RectificationConfig(AppConfig):
    name = "rectification"
    verbose_name = "整顿工作"
