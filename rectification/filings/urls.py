"""Addresses of this room."""

app_name = "filings"
urlpatterns: list = []
