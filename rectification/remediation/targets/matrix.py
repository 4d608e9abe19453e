"""Cases × targets: one column per target of the schemes, with totals; drawn on the page and in the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.db.models import Min

from accounts.addresses import page_of
from accounts.tables import Column
from rectification.cases.models import Case, CaseQuerySet
from rectification.remediation.targets import rules
from rectification.remediation.targets.standing import TargetStanding, standings, targets_of
from rectification.schemes.practice_models import Target


@dataclass(frozen=True)
class Row:
    """A case with its targets, by the target's key."""

    case: Case
    found: dict[str, TargetStanding]

    @property
    def short(self) -> bool:
        """Whether any target is not met."""
        return any(one.result.met is False for one in self.found.values())

    def get_absolute_url(self) -> str:
        """The page of the case's targets."""
        return page_of("remediation:case_targets", self.case.uid)


@dataclass(frozen=True)
class Total:
    """The line under the table: what all rows reached together."""

    cells: dict[str, str]
    words: str


@dataclass(frozen=True)
class Matrix:
    """The rows that were asked for and the targets any of their schemes has, in order."""

    heads: dict[str, Target]
    rows: list[Row]

    def columns(self) -> tuple[Column, ...]:
        """The table's columns on the screen."""
        return (
            Column("case", "整顿对象", _name, kind="link"),
            Column("unit", "乡镇（街道）", _unit),
            *(
                Column(
                    key,
                    f"{one.title}（{asked(one)}）",
                    partial(_cell, key=key),
                    "light",
                    tone=partial(_tone, key=key),
                )
                for key, one in self.heads.items()
            ),
        )

    def totals(self) -> Total:
        """The sum of each column, and in how many cases it is met."""
        return Total({key: self._sum(key) for key in self.heads}, f"合计 {len(self.rows)} 个对象")

    def _sum(self, key: str) -> str:
        results = [row.found[key].result for row in self.rows if key in row.found]
        unit, reached = self.heads[key].unit, sum(one.reached for one in results)
        judged = [one for one in results if one.met is not None]
        planned = [one.planned for one in results if one.planned is not None]
        said = f"计划 {sum(planned)} {unit}，完成 {reached} {unit}" if planned else f"{reached} {unit}"
        return f"{said}；达标 {sum(bool(one.met) for one in judged)}/{len(judged)} 个" if judged else said


def asked(target: Target) -> str:
    """What a target asks, in words."""
    return rules.asked_words(target.least, target.most, target.unit)


def heads_of(cases: CaseQuerySet) -> dict[str, Target]:
    """The targets of all the cases by key, the first scheme's words for each, in the order met. Two queries."""
    first = dict(cases.order_by().values_list("scheme").annotate(first=Min("org_path")))
    targets = targets_of(first)
    heads: dict[str, Target] = {}
    for scheme in sorted(targets, key=first.__getitem__):
        for one in targets[scheme]:
            heads.setdefault(one.key, one)
    return heads


def read(cases: CaseQuerySet, *, short: bool = False) -> Matrix:
    """The matrix of these cases, none of them where nothing is asked; `short` leaves only those that lack something.

    The totals want every case measured, for which its key, scheme and stage are enough: `placed` reads what is shown.
    """
    heads = heads_of(cases)
    listed = list(cases.values_list("pk", "scheme_id", "stage", named=True)) if heads else []
    found = standings(listed, cases)
    rows = [Row(case, {one.target.key: one for one in found[case.pk]}) for case in listed]
    return Matrix(heads, [row for row in rows if row.short or not short])


def placed(rows: Sequence[Row], cases: CaseQuerySet) -> list[Row]:
    """The rows of a page with their whole cases."""
    near = cases.select_related("organization", "township", "county").in_bulk([row.case.pk for row in rows])
    return [replace(row, case=near[row.case.pk]) for row in rows]


def _name(row: Row | Total) -> str:
    return row.words if isinstance(row, Total) else row.case.organization.short_name


def _unit(row: Row | Total) -> str:
    if isinstance(row, Total):
        return ""
    return row.case.township.short_name if row.case.township else row.case.county.short_name


def _cell(row: Row | Total, *, key: str) -> str:
    if isinstance(row, Total):
        return row.cells.get(key, "")
    one = row.found.get(key)
    return one.result.text if one else ""


def _tone(row: Any, *, key: str) -> str:
    one = row.found.get(key)
    return one.result.tone if one else ""
