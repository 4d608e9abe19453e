"""Addresses of this room."""

app_name = "survey"
urlpatterns: list = []
