"""Addresses of 帮扶力量."""

from django.urls import path

from rectification.remediation.support import committee_views, project_views, staying_views, work_views

urlpatterns = [
    path("cases/<uuid:uid>/units/add/", staying_views.helping_unit_add, name="helping_unit_add"),
    path("units/<uuid:uid>/", staying_views.helping_unit, name="helping_unit"),
    path("units/<uuid:uid>/end/", staying_views.helping_unit_end, name="helping_unit_end"),
    path("cases/<uuid:uid>/pairings/add/", staying_views.pairing_add, name="pairing_add"),
    path("pairings/<uuid:uid>/", staying_views.pairing, name="pairing"),
    path("pairings/<uuid:uid>/end/", staying_views.pairing_end, name="pairing_end"),
    path("cases/<uuid:uid>/projects/add/", project_views.project_add, name="project_add"),
    path("projects/<uuid:uid>/", project_views.project, name="project"),
    path("projects/<uuid:uid>/cancel/", project_views.project_cancel, name="project_cancel"),
    path("cases/<uuid:uid>/helps/add/", work_views.help_add, name="help_add"),
    path("helps/<uuid:uid>/", work_views.help_edit, name="help"),
    path("helps/<uuid:uid>/withdraw/", work_views.help_withdraw, name="help_withdraw"),
    path("cases/<uuid:uid>/committee/add/", committee_views.committee_need_add, name="committee_need_add"),
    path(
        "cases/<uuid:uid>/committee/vacancies/",
        committee_views.committee_vacancies,
        name="committee_vacancies",
    ),
    path("committee/<uuid:uid>/", committee_views.committee_need, name="committee_need"),
    path(
        "committee/<uuid:uid>/withdraw/",
        committee_views.committee_need_withdraw,
        name="committee_need_withdraw",
    ),
    path("cases/<uuid:uid>/training/add/", work_views.training_add, name="training_add"),
    path("training/<uuid:uid>/", work_views.training_edit, name="training"),
    path("training/<uuid:uid>/withdraw/", work_views.training_withdraw, name="training_withdraw"),
    path("funds/", project_views.support_funds, name="support_funds"),
    path("funds/<uuid:uid>/", project_views.support_fund, name="support_fund"),
]
