"""Addresses of this room."""

app_name = "remediation"
urlpatterns: list = []
