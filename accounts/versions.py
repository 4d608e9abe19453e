"""Edits carry the version they were opened with; a save over somebody else's is refused, never silent."""

from typing import TypeVar

from django.db import models

from accounts.errors import StaleVersion


class Versioned(models.Model):
    """A record two people may edit at once."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def save_version(self, *fields: str) -> None:
        """Save the named fields of a locked record under the next version, and what is spelt from them."""
        self.version += 1
        follows = [field.name for field in self._meta.fields if getattr(field, "spells", None) in fields]
        self.save(update_fields=[*fields, *follows, "version"])


Record = TypeVar("Record", bound=Versioned)


def lock(rows: "models.QuerySet[Record]", *, pk: int, version: int | None) -> Record:
    """Lock one row and check that it is still the one the form was opened with.

    version: as opened; None where the action does not depend on what was read. Raises StaleVersion with the record
    as it stands, and DoesNotExist when the row is out of the queryset.
    """
    record = rows.select_for_update(of=("self",)).get(pk=pk)
    if version is not None and record.version != version:
        raise StaleVersion(record)
    return record
