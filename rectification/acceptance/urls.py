"""Addresses of this room."""

app_name = "acceptance"
urlpatterns: list = []
