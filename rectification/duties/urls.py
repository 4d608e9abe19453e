"""Addresses of this room."""

from django.urls import path

from rectification.duties import views

app_name = "duties"
urlpatterns = [
    path("", views.duties, name="list"),
    path("<uuid:uid>/", views.detail, name="detail"),
    path("<uuid:uid>/extend/", views.extend, name="extend"),
    path("<uuid:uid>/complete/", views.complete, name="complete"),
]
