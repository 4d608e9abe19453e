"""Addresses of 回头看."""

from django.urls import path

from rectification.lookback import last_year_views, verdict_views, views

app_name = "lookback"
urlpatterns = [
    path("", views.lookbacks, name="list"),
    path("open/", views.open_, name="open"),
    path("<uuid:uid>/", views.detail, name="detail"),
    path("<uuid:uid>/save/", views.save, name="save"),
    path("<uuid:uid>/decide/", verdict_views.decide, name="decide"),
    path("<uuid:uid>/correct/", verdict_views.correct, name="correct"),
    path("last-year/<uuid:uid>/", last_year_views.last_year, name="last_year"),
    path("last-year/<uuid:uid>/form.xlsx", last_year_views.template, name="last_year_file"),
]
