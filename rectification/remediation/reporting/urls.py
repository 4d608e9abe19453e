"""Addresses of progress reports and finance checks."""

from django.urls import path

from rectification.remediation.reporting import finance_views, list_views, read_views, views

urlpatterns = [
    path("reports/", list_views.reports, name="reports"),
    path("reports/new/", views.report_new, name="report_new"),
    path("reports/remind/", list_views.remind, name="report_remind"),
    path("reports/duty/<uuid:uid>/", views.report_of_duty, name="report_of_duty"),
    path("reports/<uuid:uid>/", views.report, name="report"),
    path("reports/<uuid:uid>/decide/", read_views.decide, name="report_decide"),
    path("reports/<uuid:uid>/withdraw/", read_views.withdraw, name="report_withdraw"),
    path("cases/<uuid:uid>/finance/", finance_views.finance, name="finance"),
]
