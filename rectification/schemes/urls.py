"""Addresses of this room."""

from django.urls import path

from rectification.schemes import difference_views, editing, preset_views, views

app_name = "schemes"
urlpatterns = [
    path("", views.schemes, name="list"),
    path("new/", views.new, name="new"),
    path("presets/", preset_views.presets, name="presets"),
    path("presets/compare/", preset_views.compare, name="compare_presets"),
    path("<uuid:uid>/", views.detail, name="detail"),
    path("<uuid:uid>/amendments/", views.amendments, name="amendments"),
    path("<uuid:uid>/differences/", difference_views.differences, name="differences"),
    path("<uuid:uid>/differences/reasons/", difference_views.explain, name="explain"),
    path("<uuid:uid>/gaps/<int:order>/", views.gap, name="gap"),
    path("<uuid:uid>/edit/<slug:part>/", editing.edit, name="edit"),
    path("<uuid:uid>/check/<slug:part>/", editing.check, name="check"),
]
