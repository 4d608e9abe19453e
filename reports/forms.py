"""What a ledger page is asked: which unit, which year, which filters, as of which day."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from accounts.forms import DateField
from organizations.models import Appointment, Organization
from organizations.rules import Level, paths_to
from organizations.scope import subtree
from rectification.cases.models import Case
from reports.ledgers import Ledger
from reports.papers.letter import Document


def units_near(post: Appointment, unit: Organization) -> list[Organization]:
    """Units to choose from: the way from the post's own unit down to this one, and the units right below it.

    Of villages only those that were ever under rectification: they have a ledger of their own (S1 眉县: 村级台账).
    """
    seen = Organization.objects.visible_to(post).active()
    way = Q(path__in=paths_to(unit.path))
    below = subtree(unit.path).q("path") & Q(depth=unit.depth + 1)
    below &= ~Q(level=Level.GRASSROOTS) | Q(pk__in=Case.objects.order_by().values("organization"))
    return list(seen.filter(way | below).order_by("path").only("uid", "depth", "short_name"))


class LedgerForm(forms.Form):
    """The filters of a ledger page, kept in the address."""

    unit = forms.ChoiceField(label="单位", required=False)
    year = forms.TypedChoiceField(label="年度", required=False, coerce=int)
    as_of = DateField(label="数据截止", required=False)

    def __init__(
        self,
        *args: Any,
        ledger: Ledger,
        units: list[Organization],
        years: list[int],
        of: tuple[Appointment, Organization, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        top = units[0].depth if units else 0
        self.fields["unit"].choices = [
            (str(unit.uid), "　" * (unit.depth - top) + unit.short_name) for unit in units
        ]
        self.fields["year"].choices = [(year, f"{year}年") for year in years]
        for name, (label, given, _lookup) in (ledger.filters or {}).items():
            # One of several that differ by post, unit and year, or a fixed list to narrow the rows by
            newest = callable(given) and isinstance(ledger, Document)
            first, choices = "最近一份" if newest else "全部", given(*of) if callable(given) else given
            self.fields[name] = forms.ChoiceField(
                label=label, required=False, choices=[("", first), *choices]
            )
        self.order_fields(["unit", "year", *(ledger.filters or {}), "as_of"])

    def clean_as_of(self) -> date | None:
        """A past day; today and later mean simply now."""
        day = self.cleaned_data["as_of"]
        return day if day and day < timezone.localdate() else None

    @staticmethod
    def moment(day: date | None) -> datetime | None:
        """The end of that day in the office's time zone."""
        return timezone.make_aware(datetime.combine(day, time.max)) if day else None
