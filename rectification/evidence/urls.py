"""Addresses of this room."""

from django.urls import path

from rectification.evidence import views

app_name = "evidence"
urlpatterns = [
    path("cases/<uuid:uid>/", views.files, name="files"),
    path("<uuid:uid>/", views.download, name="download"),
    path("<uuid:uid>/withdraw/", views.withdraw, name="withdraw"),
]
