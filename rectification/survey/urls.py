"""Addresses of this room."""

from django.urls import path

from rectification.survey import proposal_views, sheet_views, views

app_name = "survey"
urlpatterns = [
    path("", views.listing, name="list"),
    path("open/", views.open_, name="open"),
    path("<uuid:uid>/refresh/", views.refresh, name="refresh"),
    path("<uuid:uid>/freeze/", views.freeze, name="freeze"),
    path("<uuid:uid>/unfreeze/", views.unfreeze, name="unfreeze"),
    path("<uuid:uid>/return/", views.return_sheet, name="return_sheet"),
    path("<uuid:uid>/grid/", sheet_views.grid, name="grid"),
    path("<uuid:uid>/grid/save/", sheet_views.save, name="save"),
    path("<uuid:uid>/grid/paste/", sheet_views.paste, name="paste"),
    path("<uuid:uid>/submit/", sheet_views.submit, name="submit"),
    path("<uuid:uid>/ranking/", proposal_views.ranking, name="ranking"),
    path("<uuid:uid>/propose/", proposal_views.propose, name="propose"),
    path("determination/<uuid:uid>/", proposal_views.determination, name="determination"),
    path("determination/<uuid:uid>/return/", proposal_views.return_list, name="return_list"),
]
