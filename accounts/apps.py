"""Accounts: who signs in, what a route demands, what was done; knows no unit of the tree."""

from django.apps import AppConfig
from django.core.checks import register


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号与审计"

    def ready(self) -> None:
        from accounts.policy import check_routes

        register(check_routes)
