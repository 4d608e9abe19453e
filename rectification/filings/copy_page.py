"""What the page of one frozen copy shows, put together from its rows, its rounds and who reads it."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from organizations.models import Appointment
from rectification.filings import marking, originals, remarks, rules, unlocking
from rectification.filings.models import Filing, FilingUnlock
from rectification.filings.tables import draw
from rectification.reviews.actions import decision_refusal
from rectification.reviews.models import Decision, ReviewState

TONES = {
    ReviewState.PENDING: "yellow",
    ReviewState.RETURNED: "red",
    ReviewState.PASSED: "green",
    ReviewState.WITHDRAWN: "grey",
}
STATES = {
    ReviewState.PENDING: "待接收",
    ReviewState.RETURNED: "已退回",
    ReviewState.PASSED: "已接收",
    ReviewState.WITHDRAWN: "已撤回",
}


def state_of(filing: Filing) -> str:
    """Where a frozen copy stands, in words; an earlier round keeps what came of it."""
    return STATES[filing.review.state] if filing.number == filing.newest else "已被后一次取代"


def tone_of(filing: Filing) -> str:
    """The colour beside the words."""
    return TONES[filing.review.state] if filing.number == filing.newest else "grey"


def withdraw_refused(filing: Filing, post: Appointment) -> bool:
    """Whether the button stays away: it was read, it is not under way, or it is not this post's."""
    return (
        filing.number != filing.newest
        or filing.review.state != ReviewState.PENDING
        or filing.review.read_at is not None
        or (post.organization_id, post.role) != (filing.organization_id, filing.by.role)
    )


def beside_in_queue(filing: Filing, post: Appointment) -> dict[str, Filing]:
    """The filings that wait for this post before and after this one."""
    waiting = Filing.objects.visible_to(post).with_newest()
    waiting = waiting.filter(
        review__state=ReviewState.PENDING,
        review__at_unit=post.organization_id,
        review__at_role=post.role,
        number=F("newest"),
    )
    rows = list(waiting.order_by("review__submitted_at", "pk").only("uid", "title", "review"))
    places = [row.pk for row in rows]
    if filing.pk not in places:
        return {"next": rows[0]} if rows else {}
    at = places.index(filing.pk)
    beside = {"previous": rows[at - 1] if at else None, "next": rows[at + 1] if at + 1 < len(rows) else None}
    return {name: row for name, row in beside.items() if row}


def rounds_of(filing: Filing) -> list[Filing]:
    """The copies of its submission in order; what is in those before it is shown, so it is read too."""
    others = filing.review.filings.exclude(pk=filing.pk).select_related("scan__by__user")
    return sorted([*others, filing], key=lambda one: one.number)


def sheet(
    filing: Filing, post: Appointment, marks: Sequence[rules.Mark], rounds: Sequence[Filing]
) -> dict[str, Any]:
    """The table with what changed since the copy before marked in its cells and the remarks beside the rows."""
    copies = {one.pk: one for one in rounds if one.number < filing.number}
    before = max(copies.values(), key=lambda one: one.number, default=None)
    content = filing.content
    written = remarks.of_copies([filing, *copies.values()])
    on_earlier = [one for one in written if one.filing_id in copies]
    on_this = [one for one in written if one.filing_id == filing.pk]
    earlier = remarks.read(on_earlier, copies=copies, now=content, post=post)
    own = remarks.read(on_this, copies={filing.pk: filing}, now=None, post=post)
    deciding = filing.number == filing.newest and decision_refusal(filing.review, post) is None
    address = reverse("filings:decide", args=[filing.uid]) if deciding else ""
    beside = marking.beside(
        content, remarks.by_place([*own, *earlier], content), marks=marks, deciding=address
    )
    lines = rules.compared(before.content, content) if before else None
    columns = [(column["key"], column["title"]) for column in content["columns"] if column["key"] != "number"]
    kinds = Counter(line.kind for line in lines or [])
    return {
        "before": before,
        "table": draw(content, lines=lines, remarks=beside),
        "changed": [(kind, kinds[kind]) for kind in ("修改", "新增", "删去") if kinds[kind]],
        "differences": rules.differences(before.content, content) if before else [],
        "own": own,
        "earlier": earlier,
        "answers": [(kind, number) for kind, number in Counter(x.answer.kind for x in earlier).items()],
        "deciding": deciding,
        "pattern": marking.mark_line(None, columns, address) if deciding else "",
    }


def receipt(filing: Filing) -> tuple[str, Any] | None:
    """Who received it and when, for the unit that filed it: 云泽市委组织部 王某 已接收."""
    if filing.review.state != ReviewState.PASSED:
        return None
    passed = [step for step in filing.review.steps.all() if step.decision == Decision.PASSED]
    step = passed[-1] if passed else None
    return (f"{step.unit.office}已接收，{step.by.user.name}", step.at) if step and step.by else None


def lock(filing: Filing, post: Appointment) -> dict[str, Any]:
    """Whether filing this again is closed, who may open it, and what was opened before."""
    today = timezone.localdate()
    year = filing.scheme.year
    seen = FilingUnlock.objects.visible_to(post).filter(
        organization=filing.organization, ledger=filing.ledger, scheme__year=year
    )
    found = unlocking.lock_of(filing.organization, filing.ledger, year, today)
    refused = unlocking.unlock_refusal(filing, post, today, found) if found else None
    return {
        "lock": found,
        "may_unlock": found is not None and refused is None,
        "unlock_refused": refused if found and not found.unlock else "",
        "unlocks": list(seen.select_related("by__user", "used").defer("used__content")),
    }


def returns_of(filing: Filing, rounds: Sequence[Filing]) -> list[dict[str, Any]]:
    """Why rounds of this submission came back, the newest first, each with the number of the copy it was."""
    numbers = {place: one.number for place, one in enumerate(rounds, 1)}
    rows = filing.review.remarks.select_related("by__user", "by__organization").order_by("-at")
    return [{"remark": row, "number": numbers.get(row.round, row.round)} for row in rows]


def way_of(filing: Filing, unlocks: Sequence[FilingUnlock]) -> list[dict[str, Any]]:
    """What happened to it in the order it happened; steps still to come stand last."""
    way = [{"at": filing.at, "what": "报送", "who": f"{filing.by.user.name}（{filing.by}）", "words": ""}]
    for one in unlocks:
        used = f"，已用于第{one.used.number}次报送" if one.used else ""
        what = f"解锁，可报至{one.until_on.year}年{one.until_on.month}月{one.until_on.day}日{used}"
        way.append({"at": one.at, "what": what, "who": one.by.user.name, "words": one.reason})
    steps = []
    for step in filing.review.steps.all():
        unit = step.unit.short_name
        line = {
            "at": step.at,
            "what": f"{step.name}：{step.get_decision_display()}",
            "who": f"{step.by.user.name}（{unit}）" if step.by else unit,
            "words": step.opinion,
        }
        (way if step.at else steps).append(line)
    return [*sorted(way, key=lambda line: line["at"]), *steps]


def page_of(filing: Filing, post: Appointment, marks: Sequence[rules.Mark]) -> dict[str, Any]:
    """Everything the page shows beside the receiver's form."""
    newest = filing.number == filing.newest
    closing = lock(filing, post) if newest else {}
    rounds = rounds_of(filing)
    return {
        "filing": filing,
        "newest": newest,
        "state": state_of(filing),
        "tone": tone_of(filing),
        "intact": rules.digest(filing.content) == filing.sha256,
        "way": way_of(filing, closing.get("unlocks", [])),
        "returns": returns_of(filing, rounds),
        "may_withdraw": not withdraw_refused(filing, post),
        "beside": beside_in_queue(filing, post),
        "receipt": receipt(filing) if newest else None,
        "original": originals.original_of(filing, rounds),
        "may_seal": originals.upload_refusal(filing, post, rounds) is None,
        **sheet(filing, post, marks, rounds),
        **closing,
    }
