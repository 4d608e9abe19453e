"""督导文书 (domain §5.8) as a letter: number, receiver, what was found, what is asked, until when, 回执 at the foot."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from accounts.errors import Refused
from accounts.tables import show
from organizations.models import Appointment, Organization
from organizations.scope import subtree
from rectification.supervision.notices.models import UNSENT, Notice, NoticeKind, NoticeQuerySet, NoticeState
from reports.ledgers import Selection
from reports.papers.letter import BLANK_DATE, Document, Letter, Paragraph, department_of

NUMBERED = re.compile(r"^(\d+)[.、]\s*")
WHERE = "还没有签发的督导文书；可以换一个单位或年度，拟稿的打印件从“督导通报”的督导文书页面打开"
HEADINGS = {
    NoticeKind.RECTIFY: ("一、存在的问题", "二、整改要求"),
    NoticeKind.URGE: ("一、督办事项", "二、办理要求"),
    NoticeKind.REMIND: ("一、提醒事项", "二、工作要求"),
    NoticeKind.TALK: ("一、约谈内容", "二、提出的要求"),
    NoticeKind.HINT: ("一、提示事项", "二、工作安排"),
}


@dataclass(frozen=True)
class NoticeDocument(Document):
    """One paper of supervision, named by itself and not by its unit."""

    def named(self, selection: Selection) -> str:
        """The title of the file: 督办单〔2026〕3号."""
        notice = find(selection)
        return f"{notice.name}（{notice.organization.short_name}）" if notice else self.title


def choices(post: Appointment, unit: Organization, year: int) -> list[tuple[str, str]]:
    """What the unit sent out and what went to it or below it in a year, the newest first."""
    rows = _sent(post, unit, year).select_related("issuer", "organization")
    return [(str(row.uid), f"{row.name}（{row.organization.short_name}）") for row in rows]


def _sent(post: Appointment, unit: Organization, year: int) -> NoticeQuerySet:
    near = Q(issuer=unit) | subtree(unit.path).q("org_path")
    rows = Notice.objects.visible_to(post).filter(near, year=year).exclude(state__in=UNSENT)
    return rows.order_by("-issued_at", "-pk")


def find(selection: Selection) -> Notice | None:
    """The paper the filter names, else the unit's newest, in the scope of whoever asks."""
    related = ("issuer", "organization", "to_leader__contact", "case__organization", "scheme")
    uid = selection.filters.get("notice")
    if not uid:
        return _sent(selection.post, selection.unit, selection.year).select_related(*related).first()
    try:
        return Notice.objects.visible_to(selection.post).select_related(*related).filter(uid=uid).first()
    except (ValidationError, ValueError):
        return None


def write(selection: Selection) -> Letter:
    """The paper asked for; Refused where there is none."""
    notice = find(selection)
    if notice is None:
        raise Refused(WHERE)
    return letter_of(notice)


def letter_of(notice: Notice) -> Letter:
    """A paper as a letter; a draft says so in its heading."""
    kind = notice.get_kind_display()
    light = f"（{notice.get_light_display()}）" if notice.light else ""
    heading = [f"{kind}{light}"]
    if notice.state in (NoticeState.DRAFT, NoticeState.CANCELLED):
        heading.append("（草稿）" if notice.state == NoticeState.DRAFT else "（不予签发）")
    talk = notice.kind == NoticeKind.TALK
    return Letter(
        key=NOTICE.key,
        title=notice.name,
        heading=tuple(heading),
        paragraphs=list(_paragraphs(notice)),
        signer=department_of(notice.issuer),
        organ=department_of(notice.issuer),
        number=f"{kind}{notice.number_words}",
        to="" if talk else _to(notice),
        on=timezone.localdate(notice.issued_at) if notice.issued_at else None,
        slip=_signatures() if talk else _receipt(notice),
        slip_title="签　　字" if talk else "回　　执",
    )


def _to(notice: Notice) -> str:
    leader = notice.to_leader
    if leader is None:
        return f"{notice.organization.organ}："
    liaison = leader.contact.liaison if leader.contact else ""
    return f"{leader.name}同志联络员{liaison}："


def _paragraphs(notice: Notice) -> Iterator[Paragraph]:
    found, asked = HEADINGS[NoticeKind(notice.kind)]
    yield Paragraph(_opening(notice))
    for heading, words in ((found, notice.found), (asked, notice.asked)):
        lines = [line.strip() for line in words.splitlines() if line.strip()]
        if lines:
            yield Paragraph(heading, 1)
            yield from (Paragraph(NUMBERED.sub(r"\1．", line)) for line in lines)
    if notice.answered:
        day = notice.duty.effective_due_on if notice.duty else notice.due_on
        until = show(day) if day else BLANK_DATE.strip("　")
        yield Paragraph(f"请于{until}前将办理情况书面回复{notice.issuer.office}。")


def _opening(notice: Notice) -> str:
    about = notice.title.strip().rstrip("。")
    of = f"{notice.case.organization.name}" if notice.case else ""
    if notice.kind == NoticeKind.TALK:
        when = show(notice.held_on) if notice.held_on else BLANK_DATE.strip("　")
        return f"{when}，{notice.issuer.office}就“{about}”约谈{notice.organization.organ}。"
    verb = {
        NoticeKind.RECTIFY: "经督导检查，现就“{}”通知如下，请认真整改。",
        NoticeKind.URGE: "现就“{}”予以督办，请抓紧办理。",
        NoticeKind.REMIND: "现就“{}”提醒如下。",
        NoticeKind.HINT: "现就“{}”提示如下，请报告领导。",
    }[NoticeKind(notice.kind)]
    return verb.format(f"{of}：{about}" if of and of not in about else about)


def _receipt(notice: Notice) -> tuple[tuple[str, str], ...]:
    lines = [
        ("文书编号", f"{notice.get_kind_display()}{notice.number_words}"),
        ("收件单位", notice.organization.organ),
    ]
    lines.append(("签收人、日期", ""))
    if notice.answered:
        lines.append(("办理情况", notice.reply if notice.replied_at and len(notice.reply) <= 200 else ""))
        lines.append(("负责人（签字）", ""))
    return tuple(lines)


def _signatures() -> tuple[tuple[str, str], ...]:
    return (("约谈人", ""), ("被约谈单位负责人", ""), ("记录人", ""))


NOTICE = NoticeDocument(
    key="notice", title="督导文书", write=write, filters={"notice": ("督导文书", choices, "")}
)
