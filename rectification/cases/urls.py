"""Addresses of this room."""

from django.urls import path

from rectification.cases import views

app_name = "cases"
urlpatterns = [
    path("", views.cases, name="list"),
    path("<uuid:uid>/members/", views.member_add, name="member_add"),
    path("members/<uuid:uid>/end/", views.member_end, name="member_end"),
]
