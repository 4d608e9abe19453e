"""Addresses of 市检查, within the room's namespace."""

from django.urls import path

from rectification.acceptance.checks import result_views, views

urlpatterns = [
    path("", views.checks, name="checks"),
    path("add/", views.check_add, name="check_add"),
    path("<uuid:uid>/", views.check, name="check"),
    path("<uuid:uid>/edit/", views.check_edit, name="check_edit"),
    path("<uuid:uid>/draw/", views.check_draw, name="check_draw"),
    path("<uuid:uid>/finish/", views.check_finish, name="check_finish"),
    path("<uuid:uid>/cancel/", views.check_cancel, name="check_cancel"),
    path("results/<uuid:uid>/", result_views.check_result, name="check_result"),
    path("results/<uuid:uid>/edit/", result_views.check_result_edit, name="check_result_edit"),
]
