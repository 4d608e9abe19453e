"""Which reminders a day calls for, found by one statement over all open duties of a scheme.

The same rule as `rules.reminder_due`, said in SQL: a country has more than a million open duties, and of those only the
few that call for something today are read. Whoever already has the reminder is left out.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from organizations.rules import OFFICER
from rectification.duties import debtors, rules

CURRENT = "{0}.from_on <= %(today)s AND ({0}.to_on IS NULL OR {0}.to_on >= %(today)s)"
POST = (
    f"{CURRENT.format('a')} AND EXISTS (SELECT FROM accounts_user u WHERE u.id = a.user_id AND u.is_active)"
)
STATEMENT = f"""
    WITH owed AS MATERIALIZED (
        SELECT d.*, CASE WHEN %(today)s > greatest(d.effective_due_on, d.late_after_on) THEN {rules.OVERDUE}
            ELSE (SELECT min(ahead) FROM unnest(%(days)s::int[]) ahead WHERE ahead >= 0
                AND d.effective_due_on - ahead BETWEEN held.since AND %(today)s) END AS remind_by,
            d.owner_role = '{Role.HELPER}' AND d.case_id IS NOT NULL AS by_people
        FROM rectification_duty d, LATERAL (
            SELECT (coalesce(max(e.at), d.made_at) AT TIME ZONE %(zone)s)::date AS since
            FROM rectification_extension e WHERE e.duty_id = d.id) held
        WHERE d.state = 'open' AND d.scheme_id = %(scheme)s AND d.effective_due_on <= %(until)s),
    held AS (
        SELECT o.id AS duty_id, m.user_id FROM owed o JOIN rectification_casemember m ON m.case_id = o.case_id
        JOIN accounts_user u ON u.id = m.user_id AND u.is_active
        JOIN unnest(%(debtors)s::text[], %(kinds)s::text[]) AS holder (debtor, kind)
            ON holder.debtor = o.debtor AND holder.kind = m.kind
        WHERE o.remind_by IS NOT NULL AND o.by_people AND {CURRENT.format("m")}),
    asked AS (
        SELECT o.id AS duty_id, a.user_id FROM owed o JOIN organizations_appointment a
            ON a.organization_id = o.organization_id AND a.role = o.owner_role
            AND o.department = CASE WHEN a.role = '{Role.DEPARTMENT}' THEN a.department ELSE '' END
        WHERE o.remind_by IS NOT NULL AND NOT o.by_people AND {POST}
        UNION SELECT duty_id, user_id FROM held
        UNION SELECT o.id, a.user_id FROM owed o JOIN organizations_organization g ON g.id = o.organization_id
        JOIN unnest(%(levels)s::text[], %(officers)s::text[]) AS stand_in (level, role) ON stand_in.level = g.level
        JOIN organizations_appointment a ON a.organization_id = g.id AND a.role = stand_in.role
        WHERE o.remind_by IS NOT NULL AND o.by_people AND {POST}
            AND NOT EXISTS (SELECT FROM held WHERE held.duty_id = o.id))
    SELECT o.id, o.uid, o.title, o.effective_due_on, o.late_after_on, o.department, o.organization_id,
        o.remind_by, asked.user_id
    FROM owed o JOIN asked ON asked.duty_id = o.id
    WHERE NOT EXISTS (SELECT FROM rectification_reminder r WHERE r.duty_id = o.id
        AND r.due_on = o.effective_due_on AND r.rule = o.remind_by AND r.user_id = asked.user_id AND r.at < %(counted)s)
    ORDER BY o.id, asked.user_id"""  # noqa: S608 — pieces of this module, values apart


class Owed(NamedTuple):
    """What a reminder tells of a duty."""

    pk: int
    uid: UUID
    title: str
    effective_due_on: date
    late_after_on: date | None
    department: str
    organization_id: int


def falling_due(
    scheme_id: int, days: Iterable[int], *, today: date, counted_until: datetime
) -> list[tuple[Owed, int, int]]:
    """The reminders to give today, as (duty, rule, user id), in a fixed order.

    Each falls to whoever holds the owing post today; of a helper's duty to the people on the case who hold the place,
    or where nobody does to the officer who stands in. What was given counts when it was given before `counted_until`.
    """
    ahead = [day for day in days if day >= 0]
    pairs = [(debtor, str(kind)) for debtor, kinds in debtors.HOLDERS.items() for kind in kinds]
    asked: dict[str, Any] = {
        "scheme": scheme_id,
        "today": today,
        "until": today + timedelta(days=max(ahead, default=0)),
        "days": ahead,
        "zone": timezone.get_current_timezone_name(),
        "debtors": [str(debtor) for debtor, _kind in pairs],
        "kinds": [kind for _debtor, kind in pairs],
        "levels": [str(level) for level in OFFICER],
        "officers": [str(role) for role in OFFICER.values()],
        "counted": counted_until,
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, asked)
        return [(Owed._make(row[:-2]), row[-2], row[-1]) for row in cursor.fetchall()]
