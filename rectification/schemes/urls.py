"""Addresses of this room."""

app_name = "schemes"
urlpatterns: list = []
