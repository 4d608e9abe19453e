"""Addresses of 满意度测评, within the room's namespace; the voter's own address stands at the root of the site."""

from django.urls import re_path

from rectification.acceptance.ballots import poll_views, views

OF_GROUP = r"^(?P<uid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/%s/(?P<group>members|masses)/"

urlpatterns = [
    re_path(OF_GROUP % "tally" + "$", views.tally, name="tally"),
    re_path(OF_GROUP % "poll" + "$", poll_views.poll, name="poll"),
    re_path(OF_GROUP % "poll" + "close/$", poll_views.poll_close, name="poll_close"),
]
