"""The site's addresses, in the order of the year."""

from django.urls import include, path

urlpatterns = [
]
