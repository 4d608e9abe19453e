"""Addresses of 考核验收."""

from django.urls import include, path

from rectification.acceptance import evidence_views, sign_off_views, step_views, views

app_name = "acceptance"
urlpatterns = [
    path("", views.cases, name="list"),
    path("cases/<uuid:uid>/", views.case, name="case"),
    path("cases/<uuid:uid>/ask/", step_views.ask, name="ask"),
    path("", include("rectification.acceptance.ballots.urls")),
    path("checks/", include("rectification.acceptance.checks.urls")),
    path("tracking/", include("rectification.acceptance.tracking.urls")),
    path("evaluations/", include("rectification.acceptance.evaluations.urls")),
    path("sign-off/<uuid:uid>/", sign_off_views.decide, name="sign_off"),
    path("<uuid:uid>/self-check/", step_views.self_check, name="self_check"),
    path("<uuid:uid>/scores/", step_views.scores, name="scores"),
    path("<uuid:uid>/items/<int:number>/", evidence_views.evidence, name="evidence"),
    path("<uuid:uid>/sign/", step_views.sign, name="sign"),
    path("<uuid:uid>/send-back/", step_views.send_back, name="send_back"),
    path("<uuid:uid>/unsign/", step_views.unsign, name="unsign"),
]
