"""Rectification: one app, a room per step of the year."""

from django.apps import AppConfig
from django.utils import timezone


class RectificationConfig(AppConfig):
    name = "rectification"
    verbose_name = "整顿工作"

    def ready(self) -> None:
        """Make the kinds of workbooks of the rooms known, and what ends with a case."""
        from rectification.acceptance import ending  # noqa: F401
        from rectification.lookback import last_year_import  # noqa: F401
        from rectification.remediation import ledger_import  # noqa: F401
        from rectification.remediation.support import leader_import  # noqa: F401
        from rectification.survey import score_import  # noqa: F401

        _tell_whom_helpers_reach()


def _tell_whom_helpers_reach() -> None:
    """A helper sees by being on a case; said here apart from `visible_to`, so that one mistake is not made in both."""
    from accounts.roles import Role
    from organizations.scope import BY_MEMBERSHIP
    from rectification.cases.models import CaseMember

    BY_MEMBERSHIP[Role.HELPER] = lambda post: (
        CaseMember.objects.filter(user_id=post.user_id)
        .current(timezone.localdate())
        .values_list("case__org_path", flat=True)
    )
