"""Addresses of the 工作纪实."""

from django.urls import path

from rectification.remediation.activities import diary_views, offline_views, sheet_views, views

urlpatterns = [
    path("cases/<uuid:uid>/activities/add/", views.activity_add, name="activity_add"),
    path("activities/", diary_views.diary, name="diary"),
    path("activities/offline/", offline_views.activity_offline, name="activity_offline"),
    path("activities/sheet/", sheet_views.activity_sheet, name="activity_sheet"),
    path("activities/sheet/template/", sheet_views.activity_template, name="activity_template"),
    path("activities/sheet/write/", sheet_views.activity_sheet_write, name="activity_sheet_write"),
    path("activities/<uuid:uid>/", views.activity, name="activity"),
    path("activities/<uuid:uid>/edit/", views.activity_edit, name="activity_edit"),
    path("activities/<uuid:uid>/withdraw/", views.activity_withdraw, name="activity_withdraw"),
]
