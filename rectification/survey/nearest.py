"""Under which scheme a case is worked: a township's own, also where the county held the survey and determined."""

from collections.abc import Collection
from typing import NamedTuple

from organizations.models import Organization
from rectification.schemes.difference_rules import counterpart
from rectification.schemes.models import Criterion, Scheme
from rectification.survey.models import Survey


class Under(NamedTuple):
    """A scheme with the primary type and the numbers of the criteria met, as that scheme numbers them."""

    scheme: Scheme
    primary: Criterion
    criteria: list[int]


def worked_under(
    survey: Survey, organization: Organization, primary: Criterion, criteria: Collection[int]
) -> Under:
    """The scheme nearest below the survey's holder that governs an organization, else the survey's own (S2 苏仙).

    criteria: numbers in the survey's scheme. A township's scheme that does not know the primary type has no plan and
    no acceptance for it, so such a case stays under the survey's.
    """
    own = Under(survey.scheme, primary, sorted(criteria))
    scheme = Scheme.objects.governing(organization, survey.year)
    holder = survey.organization
    if scheme is None or scheme.issuer_id == holder.pk or not scheme.issuer.path.startswith(holder.path):
        return own
    theirs = list(scheme.criteria.all())
    found = counterpart(primary, theirs)
    if found is None:
        return own
    known = (counterpart(one, theirs) for one in survey.scheme.criteria.filter(order__in=criteria))
    return Under(scheme, found, sorted({one.order for one in known if one}))
