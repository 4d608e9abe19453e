"""督导文书 (domain §5.8) as a letter: number, receiver, what was found, what is asked, until when, 回执 at the foot."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.errors import Refused
from accounts.tables import show
from rectification.supervision.notices.models import Notice, NoticeKind, NoticeState
from reports.ledgers import Selection
from reports.papers.letter import BLANK_DATE, Document, Letter, Paragraph, department_of

NUMBERED = re.compile(r"^(\d+)[.、]\s*")
WHERE = "督导文书一件一份，请从“督导通报”的督导文书页面打开打印件"
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


def find(selection: Selection) -> Notice | None:
    """The paper the filter names, in the scope of whoever asks."""
    related = ("issuer", "organization", "to_leader__contact", "case__organization", "scheme")
    rows = Notice.objects.visible_to(selection.post).select_related(*related)
    try:
        return rows.filter(uid=selection.filters.get("notice")).first()
    except (ValidationError, ValueError):
        return None


def write(selection: Selection) -> Letter:
    """The paper asked for; Refused where none is named."""
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


FILTERS: Any = {"notice": ("督导文书", (), "")}
NOTICE = NoticeDocument(key="notice", title="督导文书", write=write, filters=FILTERS)
