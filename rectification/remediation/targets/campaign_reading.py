"""What campaigns and cases count together, read with a fixed number of queries."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum
from django.urls import reverse

from accounts.roles import OFFICERS
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.remediation.targets.campaign_rules import Numbers
from rectification.remediation.targets.models import Campaign, CampaignEntry

SUMS = {"f": Sum("found"), "s": Sum("solved"), "t": Sum("transferred")}


@dataclass(frozen=True)
class CampaignLine:
    """A campaign with what this reader's cases of it count together."""

    campaign: Campaign
    cases: int
    numbers: Numbers
    url: str = ""

    @property
    def words(self) -> str:
        """The numbers in one line."""
        return self.numbers.words

    def get_absolute_url(self) -> str:
        """The campaign's page."""
        return self.url


def lines_of(campaigns: Sequence[Campaign], post: Appointment) -> list[CampaignLine]:
    """Each campaign with the cases and numbers this post sees of it; three queries."""
    seen = Case.objects.visible_to(post)
    keys = [one.pk for one in campaigns]
    taking_part = Campaign.cases.through.objects.filter(campaign__in=keys, case__in=seen)
    cases = Counter(taking_part.values_list("campaign", flat=True))
    entries = CampaignEntry.objects.standing().filter(campaign__in=keys, case__in=seen).order_by()
    sums = {row["campaign"]: _numbers(row) for row in entries.values("campaign").annotate(**SUMS)}
    opens = post.role in OFFICERS
    return [
        CampaignLine(
            one,
            cases[one.pk],
            sums.get(one.pk, Numbers()),
            reverse("remediation:campaign", args=[one.uid]) if opens else "",
        )
        for one in campaigns
    ]


def _numbers(row: dict[str, Any]) -> Numbers:
    return Numbers(row["f"] or 0, row["s"] or 0, row["t"] or 0)


def campaign_part(found: Case, post: Appointment) -> dict[str, Any]:
    """The campaigns a case is in, for the overview of its page, with its own numbers."""
    standing = Q(entries__case=found, entries__withdrawn_reason="")
    rows = found.campaigns.annotate(
        f=Sum("entries__found", filter=standing),
        s=Sum("entries__solved", filter=standing),
        t=Sum("entries__transferred", filter=standing),
    )
    opens = post.role in OFFICERS
    return {
        "campaigns": [
            CampaignLine(
                one,
                1,
                Numbers(one.f or 0, one.s or 0, one.t or 0),
                reverse("remediation:campaign", args=[one.uid]) if opens else "",
            )
            for one in rows
        ]
    }
