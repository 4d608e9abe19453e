"""Rectification: one app, a room per step of the year."""

from django.apps import AppConfig


class RectificationConfig(AppConfig):
    name = "rectification"
    verbose_name = "整顿工作"

    def ready(self) -> None:
        """Make the kinds of workbooks of the rooms known, and what ends with a case."""
        from rectification.acceptance import ending  # noqa: F401
        from rectification.lookback import last_year_import  # noqa: F401
        from rectification.remediation import ledger_import  # noqa: F401
