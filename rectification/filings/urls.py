"""Addresses of what was filed."""

from django.urls import path

from rectification.filings import views

app_name = "filings"
urlpatterns = [
    path("", views.filing_list, name="list"),
    path("<uuid:uid>/", views.detail, name="detail"),
    path("<uuid:uid>/decide/", views.decide, name="decide"),
    path("<uuid:uid>/withdraw/", views.withdraw, name="withdraw"),
]
