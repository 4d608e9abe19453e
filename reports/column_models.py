"""A ledger's columns as a scheme's unit wants them: renamed, hidden, added (domain §5, last paragraph of the list)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.history import tracked
from organizations.models import Appointment
from rectification.schemes.models import Scheme


@tracked
class LedgerColumn(models.Model):
    """台账栏目: one column of a ledger under a scheme, where it differs from the declaration.

    key: the declared column's; of an added one its own (`added-1`). title: "" keeps the declared one. place: where it
    stands among all columns, from 1; None keeps its place.
    """

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="ledger_columns")
    ledger = models.SlugField("台账", max_length=40)
    key = models.SlugField("栏目代号", max_length=40)
    title = models.CharField("栏目名称", max_length=40, blank=True)
    group = models.CharField("所属栏组", max_length=40, blank=True)
    hidden = models.BooleanField("不显示", default=False)
    added = models.BooleanField("新增栏目", default=False)
    # Of an added column: 0 has a cell on every row, 1 one for each object the ledger merges its rows by
    level = models.PositiveSmallIntegerField("填写到", default=0)
    place = models.PositiveSmallIntegerField("位置", null=True, blank=True)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = "台账栏目"
        ordering = ["scheme", "ledger", "place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "ledger", "key"], name="one_setting_per_column"),
            models.CheckConstraint(condition=Q(added=False) | ~Q(title=""), name="added_column_has_title"),
        ]


@tracked
class LedgerCell(models.Model):
    """What was typed into an added column: one row's words. `part` is the row's own part as text."""

    column = models.ForeignKey(LedgerColumn, on_delete=models.PROTECT, related_name="cells")
    part = models.CharField(max_length=60)
    words = models.CharField("内容", max_length=300)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = "新增栏目内容"
        constraints = [models.UniqueConstraint(fields=["column", "part"], name="one_cell_a_row")]
