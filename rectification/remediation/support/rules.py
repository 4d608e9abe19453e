"""What may be written of a case's support: who leaves when, money that adds up, limits (S0 四, 五; domain §4A)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rectification.schemes.terms import plain, words

# 四（五）: how a strong organization draws a weak one along
PAIRING_FORMS = ("强村带弱村", "中心村带周边村", "共驻共建")
# 四（四）: where the holder of a post may come from
ORIGINS = (
    "本村（社区）党员",
    "县乡机关选派党员干部兼任",
    "国有企事业单位选派党员干部兼任",
    "回乡党员教师",
    "回乡党员医生",
    "大学生村官",
)
VACANT, REPLACE = "vacant", "replace"


def unit_leave_refusal(*, supported: bool, name: str, document: str) -> str | None:
    """不转化不撤离: why a helping unit may not leave now, or None; an ordered change with its document may."""
    if supported and not document.strip():
        return f"整顿未销号，帮扶单位{name}不换点、不撤离；组织另行安排的，请填写文号"
    return None


def start_errors(from_on: date, began_on: date | None) -> dict[str, list[str]]:
    """What is wrong with the day from which a case is helped: help counts from its determination."""
    if began_on is not None and from_on < began_on:
        return {
            "from_on": [
                f"{words(from_on)}早于认定为整顿对象的日期{words(began_on)}，帮扶自认定之日算起；"
                "此前已经在帮的，填认定之日"
            ]
        }
    return {}


def day_errors(field: str, day: date, *, today: date, began_on: date | None) -> dict[str, list[str]]:
    """What is wrong with the day of something that was done, by field; empty when nothing is."""
    if day > today:
        return {field: [f"{words(day)}在今天之后，只登记已经做过的"]}
    if began_on is not None and day < began_on:
        return {field: [f"{words(day)}早于认定为整顿对象的日期{words(began_on)}"]}
    return {}


@dataclass(frozen=True)
class Money:
    """Funds of a project in 万元."""

    planned: Decimal
    arrived: Decimal
    spent: Decimal

    def errors(self) -> dict[str, list[str]]:
        """What cannot be, by field: nothing below zero, nothing spent that has not arrived."""
        found = {
            name: ["资金不能是负数"] for name in ("planned", "arrived", "spent") if getattr(self, name) < 0
        }
        if not found and self.spent > self.arrived:
            left = plain(self.spent - self.arrived)
            found["spent"] = [
                f"已支出{plain(self.spent)}万元，多于到位的{plain(self.arrived)}万元，差{left}万元；"
                "请先登记到位资金，或核对支出数"
            ]
        return found

    def warning(self) -> str | None:
        """What may be but should be looked at: more arrived than was planned (matched or added funds)."""
        if self.arrived > self.planned:
            return (
                f"到位资金{plain(self.arrived)}万元多于计划的{plain(self.planned)}万元，"
                "属追加、配套的可以保留，否则请核对"
            )
        return None


def limit_errors(*, limit_on: date, since_on: date, today: date, scheme_on: date | None) -> list[str]:
    """What is wrong with the day until which a post is to be settled: not past, not later than the scheme's own."""
    if limit_on < since_on:
        return [f"限期不能早于空缺（不胜任）开始的{words(since_on)}"]
    if limit_on < today:
        return [f"限期{words(limit_on)}已过，请定一个今后的日期"]
    if scheme_on is not None and scheme_on >= today and limit_on > scheme_on:
        return [f"方案规定{words(scheme_on)}前到位，限期不能更晚"]
    return []


def scheme_limit(
    kind: str, treatments: Iterable[tuple[int | None, date | None, Iterable[int]]]
) -> date | None:
    """The scheme's own limit for a kind of need, or None.

    treatments: of the case's criteria, each with its number, its day and the national types it maps to; type 1 is
    about posts that are vacant, type 2 about a secretary not up to the job (domain §5.13).
    """
    wanted = 1 if kind == VACANT else 2
    days = [on for _number, on, types in treatments if on is not None and wanted in types]
    return min(days, default=None)
