"""Accounts: who signs in, what a route demands, what was done; knows no unit of the tree."""

from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_save


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号与审计"

    def ready(self) -> None:
        from accounts import audit
        from accounts.policy import check_routes

        post_save.connect(audit.note_written, dispatch_uid="audit")
        register(check_routes)
