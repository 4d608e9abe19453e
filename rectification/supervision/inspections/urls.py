"""Addresses of 督导检查."""

from django.urls import path

from rectification.supervision.inspections import result_views, views

urlpatterns = [
    path("inspections/", views.inspections, name="inspections"),
    path("inspections/add/", views.inspection_add, name="inspection_add"),
    path("inspections/<uuid:uid>/", views.inspection, name="inspection"),
    path("inspections/<uuid:uid>/draw/", views.inspection_draw, name="inspection_draw"),
    path("inspections/<uuid:uid>/finish/", views.inspection_finish, name="inspection_finish"),
    path("inspections/<uuid:uid>/cancel/", views.inspection_cancel, name="inspection_cancel"),
    path("inspection-results/<uuid:uid>/", result_views.inspection_result, name="inspection_result"),
    path(
        "inspection-results/<uuid:uid>/edit/",
        result_views.inspection_result_edit,
        name="inspection_result_edit",
    ),
    path("inspection-findings/<uuid:uid>/list/", result_views.finding_list, name="finding_list"),
]
