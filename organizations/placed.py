"""Rows that belong to an organization carry its path, so that scope is one range on their own table.

The copy is held by a foreign key on (id, path) with ON UPDATE CASCADE: a moved township takes its rows along and a
stale path cannot exist (architecture, Data). Django knows no such key, so `follow_path` writes it in a migration.
"""

from typing import Any, ClassVar

from django.db import migrations, models

from organizations.models import Organization


class Placed(models.Model):
    """A row at an organization; `org_path` is set on first save and follows the tree from then on."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name="党组织"
    )
    # Whether nobody under the unit reads it: the second wall then shows it in the unit's own line upwards alone
    read_above_only: ClassVar[bool] = False

    org_path = models.CharField(max_length=40, db_collation="C", editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Copy the path when the row is new; later moves are the database's work."""
        if self._state.adding:
            self.org_path = self.organization.path
        super().save(*args, **kwargs)


def follow_path(table: str) -> migrations.RunSQL:
    """The migration operation that ties `table.(organization_id, org_path)` to the tree."""
    name = f"{table}_org_path_follows"
    return migrations.RunSQL(
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (organization_id, org_path)'
        " REFERENCES organizations_organization (id, path) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
    )
