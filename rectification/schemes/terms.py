"""The parts of a scheme as plain values, named as the rows are: a row may stand in for its value."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from organizations.rules import Field


class Mode(StrEnum):
    """Selection mode (认定方式), domain §6."""

    QUOTA = "quota"
    RANKED = "ranked"
    CRITERIA = "criteria"

    @property
    def label(self) -> str:
        """The mode's words on screen."""
        return {"quota": "倒排按比例", "ranked": "倒排不设比例", "criteria": "符合一个认定一个"}[self.value]


class Rhythm(StrEnum):
    """How often a duty rule asks: on one day, in every half month, month or quarter, a number of times, or once
    within so many days of an event."""

    ONCE = "once"
    HALF_MONTH = "half_month"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    COUNT = "count"
    WITHIN = "within"

    @property
    def label(self) -> str:
        """The rhythm's word on screen."""
        return {
            "once": "一次",
            "half_month": "每半月",
            "monthly": "每月",
            "quarterly": "每季度",
            "count": "按次数",
            "within": "事项发生后限期",
        }[self.value]


class Event(StrEnum):
    """From which day a duty of the rhythm `within` is counted, and from which on a series waits to be made."""

    DETERMINED = "determined"
    VACANCY = "vacancy"
    NOTICE = "notice"
    RETURNED = "returned"
    PAIRED = "paired"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """The event's words on screen."""
        return {
            "determined": "认定之日",
            "vacancy": "出现空缺之日",
            "notice": "整改通知之日",
            "returned": "退回之日",
            "paired": "结对共建之日",
            "closed": "销号之日",
        }[self.value]


class Problem(NamedTuple):
    """Something wrong with a scheme: where (a field path such as `phases.1.ends_on`), what, how bad."""

    path: str
    message: str
    severity: str = "error"

    @property
    def is_error(self) -> bool:
        """Errors forbid putting in force; warnings are shown and may stand."""
        return self.severity == "error"


@dataclass(frozen=True)
class Phase:
    """阶段: a named, dated step of the year; both days belong to it."""

    name: str
    stage: str
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class Criterion:
    """情形: one way of being weak; `order` is its number in the paper.

    `points` is the largest deduction. `hard` (硬杠杠) enters regardless of rank. `threshold`, in points of
    deduction, is where it counts as met (None: any deduction). No `fields` means every field.
    """

    order: int
    text: str
    points: Decimal
    short: str = ""
    hard: bool = False
    threshold: Decimal | None = None
    fields: Collection[str] = ()


@dataclass(frozen=True)
class Quota:
    """倒排比例: the least share (percent) of one field, or of several pooled; None where none is set."""

    fields: Collection[str]
    percent: Decimal | None


@dataclass(frozen=True)
class DutyRule:
    """A rule that makes duties, the last or only one of them due on `due_on`; `owner_level` owes them.

    The other columns are those of `date_rules.DateRule`; `stage` limits it to phases, `debtor` is who of the people on
    a case owes it.
    """

    key: str
    title: str
    rhythm: str
    due_on: date | None
    times: int = 1
    owner_level: str = ""
    subject: str = ""
    starts_on: date | None = None
    stage: str = ""
    day: int = 0
    month: int = 0
    every: str = ""
    event: str = ""
    within_days: int = 0
    in_working_days: bool = False
    shift: str = ""
    grace_days: int = 0
    debtor: str = ""


@dataclass(frozen=True)
class AcceptanceItem:
    """A scored item of acceptance with its standard points; a veto fails a case at once."""

    text: str
    points: Decimal | None
    veto: bool = False


@dataclass(frozen=True)
class SchemeHead:
    """What a scheme says once: lines of acceptance are points, rates are percent."""

    title: str
    mode: str
    full_marks: Decimal
    pass_line: Decimal | None
    basic_line: Decimal | None = None
    satisfaction_line: Decimal | None = None
    dissatisfied_veto: Decimal | None = None
    reminder_days: Sequence[int] = (7, 3, 1, 0)
    escalation_days: Sequence[int] = ()
    document_number: str = ""


def circled(order: int) -> str:
    """A criterion's circled number as the screens write it."""
    return chr(0x2460 + order - 1) if 1 <= order <= 20 else f"({order})"


def criterion_name(criterion: Criterion) -> str:
    """A criterion as messages name it: its circled number and its short words (①班子配备不齐)."""
    number = chr(0x2460 + criterion.order - 1) if 1 <= criterion.order <= 20 else f"（{criterion.order}）"
    return number + (criterion.short or criterion.text)


def applies(criterion: Criterion, field: str) -> bool:
    """Whether organizations of this field are asked about it; an organization of unknown field about all."""
    return not field or not criterion.fields or field in criterion.fields


def field_names(fields: Collection[str]) -> str:
    """The labels of fields in their usual order: 村、社区."""
    return "、".join(field.label for field in Field if field in fields)


def words(day: date) -> str:
    """A date as papers write it: 2015年3月26日 (domain §5)."""
    return f"{day.year}年{day.month}月{day.day}日"


def day_words(day: date) -> str:
    """A date where the year goes without saying: 5月15日."""
    return f"{day.month}月{day.day}日"


def quoted(text: str) -> str:
    """Words in quotation marks; marks within them become single ones (GB/T 15834): “‘三会一课’坚持得好”."""
    return f"“{text.replace('“', '‘').replace('”', '’')}”"


def plain(number: Decimal) -> str:
    """A number without idle noughts: 10.0 → 10."""
    return f"{number.normalize():f}" if number else "0"


NATIONAL_TYPES = (
    "班子配备不齐、书记长期缺职、工作停滞",
    "书记不胜任、不在状态",
    "班子不团结、内耗严重",
    "组织制度形同虚设、不开展活动",
    "换届拉票贿选突出",
    "宗族宗教、黑恶势力干扰渗透",
    "村（居）务财务公开和民主管理混乱",
    "治安和信访矛盾集中",
    "无固定活动场所及便民设施",
    "服务意识差、能力弱、群众意见大",
)
"""党内统计主要类型, numbered from 1 (domain §5.13)."""
