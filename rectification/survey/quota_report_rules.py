"""倒排比例落实情况: per county and field what was asked, what was determined and why, with totals (issue 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rectification.schemes.terms import field_names
from rectification.survey.determination_rules import quota_refusal
from rectification.survey.rules import quota_size

TOTAL = "合计"


@dataclass(frozen=True)
class QuotaFacts:
    """A county's group of fields: the organizations of the base date, and what was determined of them.

    `determined` includes the carried over and the hard ones (they count towards the quota); `added` and `withdrawn` are
    the changes of mid-year, already contained in or taken out of `determined`. `percent` None: no ratio set. `standing`
    says how far a survey is that has not been decided yet: it lacks nothing so far.
    """

    county: str
    fields: Sequence[str]
    organizations: int
    percent: Decimal | None
    determined: int
    carried: int = 0
    hard: int = 0
    added: int = 0
    withdrawn: int = 0
    fewer_reason: str = ""
    consent: str = ""
    standing: str = ""


@dataclass(frozen=True)
class QuotaRow:
    """A row of the report. `difference` is determined less quota; both None without a ratio. `remark` says the rest."""

    county: str
    fields: str
    organizations: int
    percent: Decimal | None
    quota: int | None
    determined: int
    share: Decimal | None
    carried: int
    hard: int
    added: int
    withdrawn: int
    difference: int | None
    remark: str
    total: bool = False


def quota_rows(facts: Iterable[QuotaFacts]) -> list[QuotaRow]:
    """The rows county by county in the order given, each county closed by its total, all of them by the whole.

    A county with one group needs no total of its own, nor one county a whole.
    """
    given = list(facts)
    counties = list(dict.fromkeys(one.county for one in given))
    rows: list[QuotaRow] = []
    for county in counties:
        own = [_row(one) for one in given if one.county == county]
        rows += own
        if len(own) > 1:
            rows.append(_total(county, own))
    if len(counties) > 1:
        rows.append(_total(TOTAL, [row for row in rows if not row.total]))
    return rows


def _row(one: QuotaFacts) -> QuotaRow:
    quota = None if one.percent is None else quota_size(one.organizations, one.percent)
    return QuotaRow(
        county=one.county,
        fields=field_names(one.fields),
        organizations=one.organizations,
        percent=one.percent,
        quota=quota,
        determined=one.determined,
        share=_share(one.determined, one.organizations),
        carried=one.carried,
        hard=one.hard,
        added=one.added,
        withdrawn=one.withdrawn,
        difference=None if quota is None or one.standing else one.determined - quota,
        remark=_remark(one, quota),
    )


def _remark(one: QuotaFacts, quota: int | None) -> str:
    """Why there are fewer, and what is still owed for it; or that no ratio is set, or nothing decided."""
    if one.standing:
        return one.standing
    if quota is None:
        return "不设比例"
    if one.determined >= quota:
        return ""
    said = [f"少 {quota - one.determined} 个"]
    if one.fewer_reason.strip():
        said.append(f"理由：{one.fewer_reason.strip()}")
    if one.consent.strip():
        said.append(f"上级同意：{one.consent.strip()}")
    owed = quota_refusal(one.determined, quota, shortfall_reason=one.fewer_reason, consent=one.consent)
    return "；".join([*said, *([owed.rsplit("，", 1)[-1]] if owed else [])])


def _share(determined: int, organizations: int) -> Decimal | None:
    """Percent with two decimals; None where there is no organization."""
    if not organizations:
        return None
    return (Decimal(determined) * 100 / organizations).quantize(Decimal("0.01"))


def _total(name: str, rows: Sequence[QuotaRow]) -> QuotaRow:
    """The sum of some rows. A surplus in one field does not make up for what another lacks: its remark counts those."""
    short = [row for row in rows if row.difference is not None and row.difference < 0]
    quotas = [row.quota for row in rows if row.quota is not None]
    differences = [row.difference for row in rows if row.difference is not None]
    organizations, determined = sum(row.organizations for row in rows), sum(row.determined for row in rows)
    quota = sum(quotas) if quotas else None
    return QuotaRow(
        county=name,
        fields=TOTAL,
        organizations=organizations,
        percent=None,
        quota=quota,
        determined=determined,
        share=_share(determined, organizations),
        carried=sum(row.carried for row in rows),
        hard=sum(row.hard for row in rows),
        added=sum(row.added for row in rows),
        withdrawn=sum(row.withdrawn for row in rows),
        difference=sum(differences) if differences else None,
        remark=f"{len(short)} 组少于比例" if short else "",
        total=True,
    )
