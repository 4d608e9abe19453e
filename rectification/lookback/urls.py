"""Addresses of 回头看."""

from django.urls import path

from rectification.lookback import views

app_name = "lookback"
urlpatterns = [
    path("", views.lookbacks, name="list"),
    path("open/", views.open_, name="open"),
    path("<uuid:uid>/", views.detail, name="detail"),
    path("<uuid:uid>/save/", views.save, name="save"),
    path("<uuid:uid>/decide/", views.decide, name="decide"),
]
