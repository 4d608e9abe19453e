"""A list of leaders as a workbook: who is new and what of whom would change is looked at first, then written."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from accounts.errors import StaleVersion
from organizations.imports import Kind, Staged, changed_meanwhile, register
from organizations.models import Appointment, ImportBatch, Organization
from organizations.workbook import SheetCells
from rectification.cases import leader_actions as lists
from rectification.cases.leader_models import ContactLeader
from rectification.cases.leader_rules import Fault, Typed, circle_number, read_lines
from rectification.schemes.models import Scheme, SchemeItem

TITLES = {"title": "单位及职务", "liaison": "联络员"}


def entries_of(
    typed: Sequence[Typed], circles: Sequence[SchemeItem], default: int, faults: Sequence[Fault]
) -> tuple[list[tuple[int, lists.Entry]], list[Fault]]:
    """Lines as entries, each with its row, and what is wrong, by row. default: the circle of who names none, from 1."""
    entries, found = [], list(faults)
    for line in typed:
        number = circle_number(line.circle, len(circles), default)
        if number is None:
            text = f"{line.name}的范围序号“{line.circle}”不在 1 至 {len(circles)} 之间"
            found.append(Fault(line.row, text))
        else:
            entry = lists.Entry(line.name, line.title, circles[number - 1], line.liaison)
            entries.append((line.row, entry))
    return entries, sorted(found)


def stage(
    sheets: list[SheetCells], *, unit: Organization, post: Appointment, circle: str, from_on: str, year: int
) -> Staged:
    """What the first sheet would change on a unit's list; circle: the default's uid, from_on: of who is new."""
    staged = Staged()
    name = sheets[0].name if sheets else ""
    scheme = Scheme.objects.visible_to(post).governing(unit, year)
    circles = lists.circles_of(scheme) if scheme else []
    default = next((n for n, one in enumerate(circles, 1) if str(one.uid) == circle), 0)
    if refused := lists.list_refusal(unit, post) or (not default and "方案的挂点范围已变动，请重新上传"):
        staged.refuse("", 0, "", "", "", refused)
        return staged
    typed, faults = read_lines([[_text(cell) for cell in row] for row in (sheets[0].rows if sheets else [])])
    entries, faults = entries_of(typed, circles, default, faults)
    if not typed and not faults:
        staged.refuse(
            name, 0, "", "", "", "没有找到任何一人，请看列的顺序；第一张表应有“姓名”“单位及职务”表头"
        )
    called = {line.row: line.name for line in typed}
    for fault in faults:
        staged.refuse(name, fault.row, "", "姓名", called.get(fault.row, ""), fault.words)
    staged.read = len(typed)
    wrong = {fault.row for fault in faults}
    _compare(staged, name, [one for one in entries if one[0] not in wrong], _there(unit, scheme))
    return staged


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)


def _there(unit: Organization, scheme: Scheme) -> dict[tuple[str, int], ContactLeader]:
    rows = ContactLeader.objects.filter(organization=unit, scheme=scheme, to_on=None).order_by("-pk")
    return {(one.name, one.circle_id): one for one in rows}


def _compare(
    staged: Staged,
    sheet: str,
    entries: Sequence[tuple[int, lists.Entry]],
    there: dict[tuple[str, int], ContactLeader],
) -> None:
    """Who is new, and who is there with another title or liaison; an empty cell changes nothing."""
    seen: dict[tuple[str, int], int] = {}
    for row, entry in entries:
        key = entry.name, entry.circle.pk
        if (first := seen.setdefault(key, row)) != row:
            staged.refuse(sheet, row, "", "姓名", entry.name, f"与第 {first} 行是同一范围的同一人")
            continue
        known = there.get(key)
        facts = {name: said for name in TITLES if (said := getattr(entry, name))}
        facts = {name: said for name, said in facts.items() if known is None or getattr(known, name) != said}
        if facts:
            staged.rows.append(_line(row, entry, known, facts))


def _line(row: int, entry: lists.Entry, known: ContactLeader | None, facts: dict[str, str]) -> dict[str, Any]:
    changes = [
        {"label": TITLES[name], "before": getattr(known, name, ""), "after": said}
        for name, said in facts.items()
    ]
    return {
        "row": row,
        "code": str(entry.circle.order),
        "name": entry.name,
        "new": known is None,
        "leader": known.pk if known else None,
        "version": known.version if known else None,
        "circle": entry.circle.pk,
        "facts": facts,
        "changes": changes,
    }


def write(batch: ImportBatch, *, by: Appointment, at: datetime) -> int:
    """Put the new ones on the list and the others right; refused where somebody was quicker with one of them."""
    given = batch.given
    rows = [row for row in batch.rows if row["new"]]
    circles = SchemeItem.objects.in_bulk({row["circle"] for row in rows})
    gone = [row["name"] for row in rows if row["circle"] not in circles]
    entries = [
        lists.Entry(row["name"], circle=circles[row["circle"]], **{"title": "", **row["facts"]})
        for row in rows
        if row["circle"] in circles
    ]
    listing = {
        "unit_id": batch.unit_id,
        "from_on": date.fromisoformat(given["from_on"]),
        "year": given["year"],
    }
    before = {(one.name, one.circle.pk) for one in entries} & _on_list(batch)
    if gone or before:
        raise changed_meanwhile([*gone, *sorted(name for name, _circle in before)], "名领导")
    if entries:
        lists.add_leaders(entries=entries, by=by, at=at, **listing)
    for row in batch.rows:
        if not row["new"]:
            _put_right(row, by, at)
    return len(batch.rows)


def _on_list(batch: ImportBatch) -> set[tuple[str, int]]:
    """Who is on the list now; the unit's row is locked, as adding does, so that nobody is added in between."""
    Organization.objects.select_for_update(of=("self",)).get(pk=batch.unit_id)
    rows = ContactLeader.objects.filter(organization=batch.unit_id, to_on=None)
    return set(rows.values_list("name", "circle"))


def _put_right(row: dict[str, Any], by: Appointment, at: datetime) -> None:
    try:
        lists.edit_leader(leader_id=row["leader"], version=row["version"], by=by, at=at, **row["facts"])
    except (StaleVersion, ContactLeader.DoesNotExist) as late:
        raise changed_meanwhile([row["name"]], "名领导") from late


LEADERS = Kind(
    key="contact_leaders",
    title="领导名单",
    roles=lists.KEEPERS,
    stage=stage,
    write=write,
    page="remediation:leaders_add",
    counted="名领导",
    after="下一步在领导名单中给未安排的领导安排整顿对象",
    refusal="领导名单由县（市、区）委组织部和乡镇（街道）登记",
    home=lambda batch: f"{reverse('remediation:leaders_add')}?unit={batch.unit.uid}",
    heads=("范围", "姓名"),
)
register(LEADERS)
