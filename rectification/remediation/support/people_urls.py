"""Addresses of the people of 帮扶力量: members of a case, lists of leaders, gaps."""

from django.urls import path

from rectification.remediation.support import gap_views, leader_entry_views, leaders_views, people_views

urlpatterns = [
    path("cases/<uuid:uid>/members/", people_views.member_add, name="member_add"),
    path("cases/<uuid:uid>/leaders/", leaders_views.case_leaders, name="case_leaders"),
    path("members/<uuid:uid>/", people_views.member_edit, name="member_edit"),
    path("members/<uuid:uid>/end/", people_views.member_end, name="member_end"),
    path("members/<uuid:uid>/replace/", people_views.member_replace, name="member_replace"),
    path("members/<uuid:uid>/drop/", people_views.member_drop, name="member_drop"),
    path("leaders/", leaders_views.leaders, name="leaders"),
    path("leaders/add/", leader_entry_views.leaders_add, name="leaders_add"),
    path("leaders/<uuid:uid>/", leader_entry_views.leader_edit, name="leader_edit"),
    path("leaders/<uuid:uid>/cases/", leaders_views.leader_cases, name="leader_cases"),
    path("leaders/<uuid:uid>/end/", leader_entry_views.leader_end, name="leader_end"),
    path("support/gaps/", gap_views.support_gaps, name="support_gaps"),
]
