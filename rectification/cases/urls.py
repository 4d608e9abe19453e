"""Addresses of this room."""

from django.urls import path

from rectification.cases import type_views, views

app_name = "cases"
urlpatterns = [
    path("", views.cases, name="list"),
    path("<uuid:uid>/type/", type_views.national_type, name="national_type"),
]
