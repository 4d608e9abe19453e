"""Addresses of this room."""

from django.urls import path

from rectification.schemes import editing, views

app_name = "schemes"
urlpatterns = [
    path("", views.schemes, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:uid>/", views.detail, name="detail"),
    path("<uuid:uid>/amendments/", views.amendments, name="amendments"),
    path("<uuid:uid>/edit/<slug:part>/", editing.edit, name="edit"),
    path("<uuid:uid>/check/<slug:part>/", editing.check, name="check"),
]
