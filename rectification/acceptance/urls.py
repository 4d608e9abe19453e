"""Addresses of 考核验收."""

from django.urls import include, path

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
    path("<uuid:uid>/sign/", views.sign, name="sign"),
    path("<uuid:uid>/send-back/", views.send_back, name="send_back"),
]
