"""Writing why a scheme is laxer than the one above, and telling those below that theirs was changed."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit, versions
from accounts.actions import notify
from accounts.errors import Invalid, Refused
from organizations.models import Appointment
from organizations.rules import OFFICER, Level
from rectification.schemes import inheritance
from rectification.schemes.difference_rules import Difference
from rectification.schemes.inheritance_rules import unexplained
from rectification.schemes.models import Scheme, SchemeState
from rectification.schemes.practice_models import LaxerReason
from rectification.schemes.rights import require_issuer

LONGEST = 1000


@transaction.atomic
def explain(
    *,
    scheme_id: int,
    version: int | None,
    reasons: Mapping[str, str],
    by: Appointment,
    at: datetime,
    same: str = "",
) -> inheritance.Comparison:
    """Write the reasons of laxer items, by the key of the difference; a key that is not given stays as it is.

    same: one reason for every laxer item that has none afterwards. Only what changed is written, each item a row of
    its own. Raises Refused for a wrong post or a closed scheme, StaleVersion, and Invalid by key where the reason of
    a scheme in force would be taken away or is too long.
    """
    rows = Scheme.objects.visible_to(by).select_related("issuer", "based_on__issuer")
    scheme = versions.lock(rows, pk=scheme_id, version=version)
    require_issuer(scheme.issuer, by)
    if scheme.state == SchemeState.CLOSED:
        raise Refused("方案已结束，不再改动")
    compared = inheritance.compared(scheme)
    if compared is None:
        raise Refused("上级没有本年度执行中的方案，没有可比较的内容")
    wanted = {one.key: reasons[one.key].strip() for one in compared.laxer if one.key in reasons}
    _check(scheme, wanted, same)
    if same.strip():
        bare = unexplained(compared.rows, {**compared.words, **wanted})
        wanted |= dict.fromkeys((one.key for one in bare), same.strip())
    if write(scheme, wanted, compared.reasons, by, at):
        scheme.save_version()
        audit.record("写明宽于上级的理由", obj=scheme, items=len(wanted))
    found = inheritance.compared(scheme)
    assert found is not None  # nosec B101: it was there a moment ago, in this transaction
    return found


def _check(scheme: Scheme, wanted: Mapping[str, str], same: str) -> None:
    errors = {key: [f"理由不超过 {LONGEST} 字"] for key, words in wanted.items() if len(words) > LONGEST}
    if len(same) > LONGEST:
        errors["same"] = [f"理由不超过 {LONGEST} 字"]
    if scheme.state == SchemeState.IN_FORCE and not same.strip():
        errors |= {key: ["方案执行中，理由不能空着"] for key, words in wanted.items() if not words}
    if errors:
        raise Invalid(errors)


def write(
    scheme: Scheme,
    wanted: Mapping[str, str],
    there: Mapping[str, LaxerReason],
    by: Appointment,
    at: datetime,
) -> int:
    """Bring the rows in line with the words; how many changed."""
    changed = 0
    for key, words in wanted.items():
        row = there.get(key)
        if words == (row.reason if row else ""):
            continue
        changed += 1
        if not words and row:
            row.delete()
            continue
        row = row or LaxerReason(scheme=scheme, key=key)
        row.reason, row.by, row.at = words, by, at
        row.save()
    return changed


def by_amendment(
    scheme: Scheme, before: Iterable[Difference], *, reason: str, by: Appointment, at: datetime
) -> None:
    """What an amendment makes laxer than the scheme above has its reason: the amendment's."""
    compared = inheritance.compared(scheme)
    if compared is None:
        return
    earlier = {one.key: one.here for one in before}
    new = [one.key for one in compared.laxer if earlier.get(one.key) != one.here]
    write(scheme, dict.fromkeys(new, reason.strip()), compared.reasons, by, at)


def tell_below(scheme: Scheme, title: str, *, body: str, at: datetime) -> None:
    """A line to the officers of every unit whose scheme rests on this one, leading to what differs now."""
    today = timezone.localdate(at)
    for one in inheritance.resting_on(scheme):
        role = OFFICER[Level(one.issuer.level)]
        url = reverse("schemes:differences", args=[one.uid])
        for post in Appointment.objects.at(one.issuer, role).current(today).select_related("user"):
            notify(user=post.user, title=title, body=body, url=url)
