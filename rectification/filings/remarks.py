"""退回意见 row by row: which still stand, what became of each in the next copy, and where the fact is typed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.filings import rules
from rectification.filings.models import Filing, FilingRemark
from rectification.reviews.models import ReviewState

# What the parts of a ledger's rows name, outermost first, and the part of the case's file that holds the facts
PARTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "work": (("case", "problem", "measure"), "problems"),
    "problems": (("case", "problem"), "problems"),
    "task_lists": (("case", "problem", "measure"), "problems"),
    "support": (("case",), "support"),
    "activities": (("case", "activity"), "activities"),
    "targets": (("case",), "targets"),
}
# The page of each part, by the name of the later room that shows it
PAGES = {"measure": "remediation:measure", "activity": "remediation:activity"}
UIDS = {"measure": "problems__measures", "activity": "activities"}


@dataclass(frozen=True)
class Said:
    """One remark as it is read: the column's title, what came of it ("" before the next copy), where to mend it."""

    remark: FilingRemark
    column: str
    answer: rules.Answer | None
    url: str

    @property
    def tone(self) -> str:
        """The colour beside the answer."""
        return {"已改": "green", "未改动": "red"}.get(self.answer.kind, "grey") if self.answer else "red"


def of_copies(copies: Iterable[Filing]) -> list[FilingRemark]:
    """The remarks on some copies, the newest copy's first."""
    rows = FilingRemark.objects.filter(filing__in=list(copies)).select_related("by__user", "by__organization")
    return sorted(rows, key=lambda row: (-row.filing_id, row.pk))


def read(
    remarks: Sequence[FilingRemark],
    *,
    copies: Mapping[int, Filing],
    now: rules.Content | None,
    post: Appointment,
) -> list[Said]:
    """Remarks in words. copies: the copies they are on, by key; now: the content that followed, None for none."""
    places = addresses(remarks, {one.filing_id: copies[one.filing_id].ledger for one in remarks}, post)
    found = []
    for one in remarks:
        then = copies[one.filing_id].content
        answer = rules.answer(one.parts, one.column, then, now) if now is not None else None
        found.append(Said(one, title_of(then, one.column), answer, places[one.pk]))
    return found


def title_of(content: rules.Content, key: str) -> str:
    """A column's title as the copy has it; "" for the whole row."""
    return next((column["title"] for column in content["columns"] if column["key"] == key), "")


def by_place(said: Iterable[Said], content: rules.Content) -> dict[int, list[Said]]:
    """The remarks by the row they are about in this content; a row that went has none."""
    places = {tuple(parts): place for place, parts in enumerate(content["parts"])}
    found: dict[int, list[Said]] = {}
    for one in said:
        place = places.get(tuple(one.remark.parts))
        if place is not None:
            found.setdefault(place, []).append(one)
    return found


def addresses(
    remarks: Sequence[FilingRemark], ledgers: Mapping[int, str], post: Appointment
) -> dict[int, str]:
    """Where the fact of each remark is typed, by its key: the measure's page, else the case's; "" where the row names
    none or the post does not see it. At most three queries."""
    named = {one.pk: _named(ledgers[one.filing_id], one.parts) for one in remarks}
    cases = Case.objects.visible_to(post).filter(
        pk__in={names.get("case") for names in named.values()} - {None}
    )
    uids = dict(cases.values_list("pk", "uid"))
    inner = {}
    for kind, path in UIDS.items():
        keys = {names[kind] for names in named.values() if names.get(kind)}
        if keys:
            rows = cases.filter(**{f"{path}__in": keys}).values_list(path, f"{path}__uid")
            inner.update({(kind, pk): uid for pk, uid in rows})
    return {one.pk: _address(ledgers[one.filing_id], named[one.pk], uids, inner) for one in remarks}


def _named(ledger: str, parts: Sequence[Any]) -> dict[str, Any]:
    names, _tab = PARTS.get(ledger, ((), ""))
    return dict(zip(names, parts, strict=False))


def _address(ledger: str, names: Mapping[str, Any], uids: Mapping[int, Any], inner: Mapping[Any, Any]) -> str:
    case = uids.get(names.get("case", 0))
    if case is None:
        return ""
    try:
        for kind, page in PAGES.items():
            if uid := inner.get((kind, names.get(kind))):
                return reverse(page, args=[uid])
        return f"{reverse('remediation:case', args=[case])}?tab={PARTS[ledger][1]}"
    except NoReverseMatch:
        return ""


def returned(last: Iterable[Filing]) -> bool:
    """Whether the last copy, if there is one, came back and is still to be answered."""
    return any(one.review.state == ReviewState.RETURNED for one in last)


def standing(last: Filing, post: Appointment, now: rules.Content) -> list[Said]:
    """The remarks the unit still has to answer: those of the copy that came back last, beside what stands now."""
    return read(of_copies([last]), copies={last.pk: last}, now=now, post=post)
