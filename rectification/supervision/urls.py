"""Addresses of this room."""

from django.urls import include, path

app_name = "supervision"
urlpatterns = [
    path("", include("rectification.supervision.inspections.urls")),
    path("", include("rectification.supervision.notices.urls")),
    path("", include("rectification.supervision.circulars.urls")),
]
