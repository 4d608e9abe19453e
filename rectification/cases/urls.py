"""Addresses of this room."""

from django.urls import path

from rectification.cases import views

app_name = "cases"
urlpatterns = [
    path("", views.cases, name="list"),
]
