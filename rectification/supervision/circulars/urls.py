"""Addresses of 通报."""

from django.urls import path

from rectification.supervision.circulars import views

urlpatterns = [
    path("circulars/", views.circulars, name="circulars"),
    path("circulars/add/", views.circular_add, name="circular_add"),
    path("circulars/<uuid:uid>/", views.circular, name="circular"),
    path("circulars/<uuid:uid>/edit/", views.circular_edit, name="circular_edit"),
    path("circulars/<uuid:uid>/recount/", views.circular_recount, name="circular_recount"),
    path("circulars/<uuid:uid>/issue/", views.circular_issue, name="circular_issue"),
    path("circulars/<uuid:uid>/discard/", views.circular_discard, name="circular_discard"),
]
