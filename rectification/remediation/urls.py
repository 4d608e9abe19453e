"""Addresses of this room."""

from django.urls import include, path

from rectification.remediation import (
    case_views,
    closing_views,
    ledger_import_views,
    plan_views,
    problem_views,
    progress_views,
    version_views,
)

app_name = "remediation"
urlpatterns = [
    path("ledger-import/<uuid:uid>/", ledger_import_views.ledger_import, name="ledger_import"),
    path("cases/<uuid:uid>/", case_views.case, name="case"),
    path("cases/<uuid:uid>/plan/", plan_views.plan, name="plan"),
    path("cases/<uuid:uid>/plan/withdraw/", plan_views.plan_withdraw, name="plan_withdraw"),
    path("cases/<uuid:uid>/plan/versions/", version_views.versions, name="plan_versions"),
    path("cases/<uuid:uid>/plan/revise/", plan_views.plan_revise, name="plan_revise"),
    path("plans/<uuid:uid>/", plan_views.plan_review, name="plan_review"),
    path("plans/<uuid:uid>/decide/", plan_views.plan_decide, name="plan_decide"),
    path("cases/<uuid:uid>/problems/", problem_views.problems, name="problems"),
    path("cases/<uuid:uid>/problems/take/", problem_views.findings_take, name="findings_take"),
    path("cases/<uuid:uid>/problems/add/", problem_views.problem_add, name="problem_add"),
    path("problems/<uuid:uid>/", problem_views.problem_edit, name="problem_edit"),
    path("problems/<uuid:uid>/remove/", problem_views.problem_remove, name="problem_remove"),
    path("problems/<uuid:uid>/return/", closing_views.problem_return, name="problem_return"),
    path("problems/<uuid:uid>/measures/", problem_views.measure_add, name="measure_add"),
    path("problems/<uuid:uid>/starters/<int:order>/", problem_views.starter, name="starter"),
    path("measures/<uuid:uid>/", progress_views.measure, name="measure"),
    path("measures/<uuid:uid>/edit/", problem_views.measure_edit, name="measure_edit"),
    path("measures/<uuid:uid>/remove/", problem_views.measure_remove, name="measure_remove"),
    path("measures/<uuid:uid>/cancel/", problem_views.measure_cancel, name="measure_cancel"),
    path("measures/<uuid:uid>/extend/", progress_views.measure_extend, name="measure_extend"),
    path("measures/<uuid:uid>/done/", progress_views.measure_done, name="measure_done"),
    path("measures/<uuid:uid>/confirm/", progress_views.measure_confirm, name="measure_confirm"),
    path("measures/<uuid:uid>/return/", progress_views.measure_return, name="measure_return"),
    path("", include("rectification.remediation.activities.urls")),
    path("", include("rectification.remediation.support.people_urls")),
    path("", include("rectification.remediation.support.urls")),
    path("", include("rectification.remediation.targets.urls")),
    path("", include("rectification.remediation.reporting.urls")),
    path("closing/", closing_views.closing, name="closing"),
    path("closing/close/", closing_views.close, name="close"),
]
