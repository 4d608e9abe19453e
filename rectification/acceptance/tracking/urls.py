"""Addresses of this noun, within the room's namespace."""

from django.urls import path

from rectification.acceptance.tracking import views

urlpatterns = [
    path("", views.watched, name="tracking"),
    path("end/", views.end, name="tracking_end"),
    path("cases/<uuid:uid>/", views.tracking_case, name="tracking_case"),
    path("checks/<uuid:uid>/withdraw/", views.withdraw, name="tracking_withdraw"),
]
