"""Addresses of this room."""

from django.urls import path

from rectification.duties import views, year

app_name = "duties"
urlpatterns = [
    path("", views.duties, name="list"),
    path("schemes/<uuid:uid>/start/", year.start, name="start"),
    path("schemes/<uuid:uid>/amend/", year.amend_rules, name="amend_rules"),
    path("<uuid:uid>/", views.detail, name="detail"),
    path("<uuid:uid>/extend/", views.extend, name="extend"),
    path("<uuid:uid>/waive/", views.waive, name="waive"),
    path("<uuid:uid>/complete/", views.complete, name="complete"),
]
