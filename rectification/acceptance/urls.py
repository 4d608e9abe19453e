"""Addresses of 考核验收."""

from django.urls import include, path, re_path

from rectification.acceptance import views

app_name = "acceptance"
urlpatterns = [
    path("", views.cases, name="list"),
    path("cases/<uuid:uid>/", views.case, name="case"),
    path("cases/<uuid:uid>/ask/", views.ask, name="ask"),
    path("", include("rectification.acceptance.ballots.urls")),
    path("checks/", include("rectification.acceptance.checks.urls")),
    path("tracking/", include("rectification.acceptance.tracking.urls")),
    path("evaluations/", include("rectification.acceptance.evaluations.urls")),
    path("<uuid:uid>/scores/", views.scores, name="scores"),
    re_path(
        r"^(?P<uid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/tally/(?P<group>members|masses)/$",
        views.tally,
        name="tally",
    ),
    path("<uuid:uid>/sign/", views.sign, name="sign"),
    path("<uuid:uid>/send-back/", views.send_back, name="send_back"),
]
