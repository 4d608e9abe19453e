"""领导挂点: the leaders a scheme asks to hold cases, whether they hold one or not (S0 四（一）, domain §4A)."""

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.history import tracked
from accounts.versions import Versioned
from organizations.models import Appointment
from organizations.placed import Placed
from organizations.scope import within
from organizations.spelled import SpelledField
from rectification.schemes.models import Scheme, SchemeItem


class ContactLeaderQuerySet(models.QuerySet):
    """Leaders who owe a case."""

    def visible_to(self, post: Appointment | None) -> Self:
        """On the lists of the units in the post's subtree."""
        return self.filter(within(post))

    def current(self, today: date) -> Self:
        """In office on this day."""
        return self.filter(Q(to_on__isnull=True) | Q(to_on__gte=today), from_on__lte=today)


@tracked
class ContactLeader(Placed, Versioned):
    """A leader on the list of a county or township (`organization`), in one of the scheme's circles; never signs in.

    `circle` is an item of the scheme (挂点联系); `liaison` is who is written to and enters for the leader (代录).
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="contact_leaders")
    circle = models.ForeignKey(
        SchemeItem, on_delete=models.PROTECT, related_name="leaders", verbose_name="应挂点的范围"
    )
    name = models.CharField("姓名", max_length=40)
    search = SpelledField("name")
    title = models.CharField("单位及职务", max_length=100)
    liaison = models.CharField("联络员", max_length=40, blank=True)
    from_on = models.DateField("任职起")
    to_on = models.DateField("任职止", null=True, blank=True)
    exempt_reason = models.CharField("不挂点的原因", max_length=200, blank=True)

    objects = ContactLeaderQuerySet.as_manager()

    class Meta:
        verbose_name = "挂点领导"
        ordering = ["org_path", "circle__order", "pk"]

    def __str__(self) -> str:
        return f"{self.name}（{self.title}）"
