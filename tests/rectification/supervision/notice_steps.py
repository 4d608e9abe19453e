"""Papers of supervision as the tests make them."""

from datetime import timedelta

from rectification.supervision.notices import actions, drafting
from tests.cast import NOW, TODAY

GIVEN = {
    "title": "支部书记空缺超过三个月",
    "found": "支部书记空缺，三会一课没有正常开展。",
    "asked": "一个月内选配支部书记。",
    "due_on": TODAY + timedelta(days=10),
}


def drafted(by, unit, kind="rectify", findings=(), **facts):
    """A draft by a post to a unit."""
    given = {**GIVEN, "kind": kind, "organization": unit, "case": None, "to_leader": None}
    given |= {"light": "", "held_on": None, **facts}
    return drafting.draft(given=given, findings=findings, by=by, at=NOW)


def issued(by, unit, kind="rectify", **facts):
    """An issued paper."""
    made = drafted(by, unit, kind, **facts)
    return actions.issue(notice_id=made.pk, version=None, by=by, at=NOW)
