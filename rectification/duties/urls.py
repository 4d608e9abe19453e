"""Addresses of this room."""

from django.urls import path

from rectification.duties import calendar, views, year, year_end

app_name = "duties"
urlpatterns = [
    path("", views.duties, name="list"),
    path("schemes/<uuid:uid>/start/", year.start, name="start"),
    path("schemes/<uuid:uid>/amend/", year.amend_rules, name="amend_rules"),
    path("schemes/<uuid:uid>/end/", year_end.end_page, name="end"),
    path("schemes/<uuid:uid>/amend-phases/", year.amend_phases, name="amend_phases"),
    path("calendar/", calendar.days, name="calendar"),
    path("calendar/enter/", calendar.enter, name="calendar_enter"),
    path("calendar/remove/", calendar.remove, name="calendar_remove"),
    path("<uuid:uid>/", views.detail, name="detail"),
    path("<uuid:uid>/extend/", views.extend, name="extend"),
    path("<uuid:uid>/waive/", views.waive, name="waive"),
    path("<uuid:uid>/complete/", views.complete, name="complete"),
]
