"""Organizations: the tree, what is known of each unit, who holds which post there."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "organizations"
    verbose_name = "党组织"
