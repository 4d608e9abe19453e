"""How near a case's date is."""

from datetime import date, timedelta


def light_of(due_on: date | None, *, today: date, yellow_days: int) -> str:
    """red, yellow or green by the nearest date, as duties have it (duties.rules); "" without one."""
    if due_on is None:
        return ""
    if due_on < today:
        return "red"
    return "yellow" if due_on <= today + timedelta(days=yellow_days) else "green"
