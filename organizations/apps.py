"""Organizations: the tree, what is known of each unit, who holds which post there."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class OrganizationsConfig(AppConfig):
    name = "organizations"
    verbose_name = "党组织"

    def ready(self) -> None:
        """Make the kinds of workbooks of this room known."""
        from organizations import record_import, roster_actions  # noqa: F401
        from organizations.reach import tell_new_session

        connection_created.connect(tell_new_session)
