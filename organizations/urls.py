"""Addresses of the tree, its units and the roster."""

from django.urls import path

from organizations import (
    appointments,
    fact_views,
    layout_views,
    posts,
    record_book_views,
    record_views,
    roster_views,
    shape_views,
    views,
)

app_name = "organizations"
urlpatterns = [
    path("", views.tree, name="tree"),
    path("search/", views.search, name="search"),
    path("pick/", views.pick, name="pick"),
    path("undecided/", fact_views.undecided, name="undecided"),
    path("posts/switch/", posts.switch, name="switch_post"),
    path("appointments/", appointments.appointments, name="appointments"),
    path("appointments/new/", appointments.appointment_new, name="appointment_new"),
    path("appointments/<uuid:uid>/end/", appointments.appointment_end, name="appointment_end"),
    path("appointments/<uuid:uid>/rights/", appointments.appointment_rights, name="appointment_rights"),
    path("rosters/<uuid:uid>/", roster_views.batch, name="batch"),
    path("rosters/<uuid:uid>/progress/", roster_views.progress, name="batch_progress"),
    path("rosters/<uuid:uid>/layout/", layout_views.layout, name="layout"),
    path("rosters/<uuid:uid>/apply/", roster_views.apply, name="batch_apply"),
    path("rosters/<uuid:uid>/discard/", roster_views.discard, name="batch_discard"),
    path("committee/<uuid:uid>/", record_views.post_detail, name="post"),
    path("committee/<uuid:uid>/abolish/", record_views.post_abolish, name="post_abolish"),
    path("<uuid:uid>/", views.detail, name="detail"),
    path("<uuid:uid>/committee/new/", record_views.post_new, name="post_new"),
    path("<uuid:uid>/years/<int:year>/", record_views.year_record, name="year_record"),
    path("<uuid:uid>/records/", record_book_views.records, name="records"),
    path("<uuid:uid>/records.xlsx", record_book_views.download, name="records_file"),
    path("<uuid:uid>/branch/", views.branch, name="branch"),
    path("<uuid:uid>/edit/", fact_views.edit, name="edit"),
    path("<uuid:uid>/create/", shape_views.create, name="create"),
    path("<uuid:uid>/move/", shape_views.move, name="move"),
    path("<uuid:uid>/close/", shape_views.close, name="close"),
    path("<uuid:uid>/roster/", roster_views.roster, name="roster"),
    path("<uuid:uid>/roster.xlsx", roster_views.download, name="roster_file"),
]
