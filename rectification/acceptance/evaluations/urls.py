"""Addresses of 年底考核, within the room's namespace."""

from django.urls import path

from rectification.acceptance.evaluations import views

urlpatterns = [
    path("", views.evaluations, name="evaluations"),
    path("open/", views.evaluations_open, name="evaluations_open"),
    path("<uuid:uid>/", views.evaluation, name="evaluation"),
    path("<uuid:uid>/edit/", views.evaluation_edit, name="evaluation_edit"),
]
