"""Addresses of what was filed."""

from django.urls import path

from rectification.filings import list_views, matrix_views, paper_views, views

app_name = "filings"
urlpatterns = [
    path("", list_views.filing_list, name="list"),
    path("matrix/", matrix_views.matrix, name="matrix"),
    path("matrix/list/", matrix_views.owed, name="owed"),
    path("matrix/remind/", matrix_views.remind, name="remind"),
    path("<uuid:uid>/", views.detail, name="detail"),
    path("<uuid:uid>/decide/", views.decide, name="decide"),
    path("<uuid:uid>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:uid>/original/", paper_views.original, name="original"),
    path("<uuid:uid>/original/withdraw/", paper_views.original_withdraw, name="original_withdraw"),
    path("<uuid:uid>/unlock/", paper_views.unlock, name="unlock"),
]
