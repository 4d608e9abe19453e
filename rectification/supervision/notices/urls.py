"""Addresses of 督导文书 and of the room's first page."""

from django.urls import path

from rectification.supervision.notices import answer_views, case_views, home_views, list_views, views

urlpatterns = [
    path("", home_views.home, name="home"),
    path("cases/<uuid:uid>/", case_views.case, name="case"),
    path("drafts/", list_views.drafts, name="drafts"),
    path("notices/", list_views.notices, name="notices"),
    path("notices/add/", views.notice_add, name="notice_add"),
    path("notices/duty/<uuid:uid>/", answer_views.notice_of_duty, name="notice_of_duty"),
    path("notices/<uuid:uid>/", views.notice, name="notice"),
    path("notices/<uuid:uid>/edit/", views.notice_edit, name="notice_edit"),
    path("notices/<uuid:uid>/issue/", views.notice_issue, name="notice_issue"),
    path("notices/<uuid:uid>/aside/", views.notice_aside, name="notice_aside"),
    path("notices/<uuid:uid>/deliver/", views.notice_deliver, name="notice_deliver"),
    path("notices/<uuid:uid>/reply/", answer_views.notice_reply, name="notice_reply"),
    path("notices/<uuid:uid>/verify/", answer_views.notice_verify, name="notice_verify"),
]
