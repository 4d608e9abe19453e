"""Addresses of signing in, of a person's own things, and of the administration of accounts."""

from django.urls import path

from accounts import drafts, health, inbox, own, people, views

app_name = "accounts"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/code/", views.code, name="code"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("session/", views.session, name="session"),
    path("year/", views.year, name="year"),
    path("drafts/", drafts.drafts, name="drafts"),
    path("me/", own.profile, name="profile"),
    path("me/password/", own.password, name="password"),
    path("me/second-factor/", own.factor, name="second_factor"),
    path("me/sessions/", own.own_sessions, name="sessions"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read-all/", inbox.read_all, name="read_all"),
    path("inbox/<uuid:uid>/", inbox.open_message, name="open_message"),
    path("users/", people.users, name="users"),
    path("users/new/", people.user_new, name="user_new"),
    path("users/<uuid:uid>/", people.user, name="user"),
    path("users/<uuid:uid>/active/", people.user_active, name="user_active"),
    path("users/<uuid:uid>/password/", people.user_password, name="user_password"),
    path("users/<uuid:uid>/second-factor/", people.user_second_factor, name="user_second_factor"),
    path("users/<uuid:uid>/unlock/", people.user_unlock, name="user_unlock"),
]
