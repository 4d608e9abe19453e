"""The scheme of the unit above beside the one that rests on it: read from the rows, with the reasons written so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from organizations.rules import paths_over
from rectification.schemes import inheritance_rules, reading
from rectification.schemes.difference_rules import Compared, Difference
from rectification.schemes.inheritance_rules import Whole
from rectification.schemes.models import ItemKind, Scheme, SchemeQuerySet, SchemeState
from rectification.schemes.parts import PARTS
from rectification.schemes.practice_models import LaxerReason

LISTED = (ItemKind.LOOKBACK, ItemKind.SUPPORT, ItemKind.HELP, ItemKind.CONTACT, ItemKind.CAMPAIGN)
"""The listed words that bind those below; leadership and provisions are each unit's own."""
STANDING = (SchemeState.DRAFT, SchemeState.IN_FORCE)


def above_of(scheme: Scheme) -> Scheme | None:
    """The scheme this one rests on: of the nearest unit above in force for the year, else the one it was drawn from."""
    over = paths_over(scheme.issuer.path)
    rows = Scheme.objects.in_force().of_year(scheme.year).filter(issuer__path__in=over)
    nearest = rows.select_related("issuer").order_by("-issuer__path").first()
    if nearest is not None:
        return nearest
    drawn = scheme.based_on
    return drawn if drawn and drawn.year == scheme.year and drawn.issuer.path in over else None


def resting_on(scheme: Scheme, seen: SchemeQuerySet | None = None) -> list[Scheme]:
    """The schemes of the year that rest on this one, drafts too, each with `reasons`: how many it has written.

    seen: what a post may see; None for telling those concerned.
    """
    rows = (Scheme.objects.all() if seen is None else seen).of_year(scheme.year).filter(state__in=STANDING)
    below = rows.filter(issuer__path__startswith=scheme.issuer.path).exclude(issuer=scheme.issuer)
    found = list(
        below.select_related("issuer").annotate(reasons=Count("laxer_reasons")).order_by("issuer__path")
    )
    between = [one.issuer.path for one in found if one.state == SchemeState.IN_FORCE]
    return [one for one in found if not _covered(one.issuer.path, between)]


def _covered(path: str, between: Iterable[str]) -> bool:
    return any(path != other and path.startswith(other) for other in between)


def whole_of(scheme: Scheme, parts: Mapping[str, list[Any]] | None = None) -> Whole:
    """A scheme as it is compared; its rows stand in for their values. parts: where they are read already."""
    found = parts or reading.parts_of(scheme)
    return Whole(
        head=scheme,
        level=scheme.issuer.level,
        phases=found["phases"],
        criteria=found["criteria"],
        quotas=found["quotas"],
        duty_rules=found["duty_rules"],
        acceptance_items=found[ItemKind.ACCEPTANCE],
        listed={PARTS[kind].title: [row.text for row in found[kind]] for kind in LISTED},
        chain=found["chain"],
        satisfied_options=scheme.satisfied_options,
        tracking_months=scheme.tracking_months,
        poll_least=scheme.poll_least,
    )


@dataclass(frozen=True)
class Comparison:
    """Two schemes side by side, and the reasons written for what is laxer, by the key of the difference."""

    above: Scheme
    rows: list[Difference]
    reasons: Mapping[str, LaxerReason]

    def of(self, compared: str) -> list[Difference]:
        """The items that stand so to the scheme above."""
        return [row for row in self.rows if row.compared == compared]

    @property
    def laxer(self) -> list[Difference]:
        """What needs a reason."""
        return self.of(Compared.LAXER)

    @property
    def words(self) -> dict[str, str]:
        """The reasons in words."""
        return {key: row.reason for key, row in self.reasons.items()}

    @property
    def unexplained(self) -> list[Difference]:
        """What is laxer without a reason."""
        return inheritance_rules.unexplained(self.rows, self.words)

    @property
    def refusal(self) -> str | None:
        """Why the scheme cannot be put in force under the one above, or None."""
        return inheritance_rules.inheritance_refusal(self.rows, self.words)


def compared(scheme: Scheme, parts: Mapping[str, list[Any]] | None = None) -> Comparison | None:
    """The scheme beside the one above it; None where there is none above."""
    above = above_of(scheme)
    if above is None:
        return None
    rows = inheritance_rules.differences(whole_of(scheme, parts), whole_of(above))
    reasons = scheme.laxer_reasons.select_related("by__user", "by__organization")
    return Comparison(above, rows, {row.key: row for row in reasons})
