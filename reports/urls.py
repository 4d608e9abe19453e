"""Addresses of the workbench, the ledgers and their files."""

from django.urls import path

from reports import workbench

app_name = "reports"
urlpatterns = [
    path("", workbench.workbench, name="workbench"),
    path("queue/", workbench.queue, name="queue"),
]
