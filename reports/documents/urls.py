"""Addresses of the documents a unit writes."""

from django.urls import path

from reports.documents import issuing_views, views

urlpatterns = [
    path("", views.documents, name="documents"),
    path("add/", views.document_add, name="document_add"),
    path("<uuid:uid>/", views.document, name="document"),
    path("<uuid:uid>/edit/", views.document_edit, name="document_edit"),
    path("<uuid:uid>/redraw/", issuing_views.document_redraw, name="document_redraw"),
    path("<uuid:uid>/issue/", issuing_views.document_issue, name="document_issue"),
    path("<uuid:uid>/withdraw/", issuing_views.document_withdraw, name="document_withdraw"),
    path("<uuid:uid>/discard/", issuing_views.document_discard, name="document_discard"),
    path("<uuid:uid>/export/", issuing_views.document_export, name="document_export"),
]
