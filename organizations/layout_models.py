"""Layouts of tables a unit has handed in before: which of its headings means which of our columns."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from accounts.history import tracked
from organizations.models import Appointment, Organization


@tracked
class TableLayout(models.Model):
    """表头对应: matched once by a person, applied whenever the same headings come again.

    purpose: what kind of table it is (the kind of the import). headings: as they stand in the file, in order.
    mapping: {heading: our column's key}; a heading without a key is left out.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="table_layouts")
    purpose = models.SlugField("表的种类", max_length=40)
    headings = ArrayField(models.CharField(max_length=100), verbose_name="表头")
    mapping = models.JSONField("对应", default=dict)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = "表头对应"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "purpose", "headings"], name="one_layout_per_headings"
            )
        ]
