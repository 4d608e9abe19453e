"""The second wall: row-level security of PostgreSQL on case content (decision "A second wall").

Every table in which a row has a place is covered, found by itself from the models:

- a `Placed` row, or one whose model names its path column (`stands_by`), is read by whoever's reach its path lies in;
  if its model is not `read_above_only`, also by the units under it (a survey, a circular, a county's duty);
- any other row of these rooms is read with the row it hangs on: a problem with its case, a measure with its problem;
- history rows are read as the rows they tell of, and so are the past states under `accounts.history.as_of`.

Only reading is limited: what an UPDATE or DELETE does not see it does not touch, and a row is not written where its
writer could not read it. The owner of the tables is not limited: it migrates and backs up.
"""

from typing import Any

from django.apps import apps
from django.db import models

from accounts.history import history_models
from organizations.placed import Placed

POLICY = "reach"
ROOMS = ("organizations", "rectification", "reports")
START = "nullif(current_setting('zhengdun.reach_start', true), '')"
END = "nullif(current_setting('zhengdun.reach_end', true), '')"
ABOVE = "string_to_array(current_setting('zhengdun.reach_above', true), ',')"


def covered() -> dict[str, str]:
    """The condition of every covered table, history too, by the table's name."""
    found = {
        model._meta.db_table: condition(model)
        for model in apps.get_models()
        if model._meta.app_label in ROOMS and not hasattr(model, "pgh_tracked_model") and place_of(model)
    }
    for history in history_models():
        if history.pgh_tracked_model._meta.db_table in found:
            found[history._meta.db_table] = condition(history.pgh_tracked_model, history._meta.db_table)
    return found


def place_of(model: type[models.Model]) -> models.Field | None:
    """The field that says where a row stands: its path column or the reference to what it is read with.

    A model may name it (`stands_by`, None for a table that is not case content); else it is the reference to a case,
    else the first to something that only those above read, else the first to anything that has a place.
    """
    if issubclass(model, Placed):
        return model._meta.get_field("org_path")
    if "stands_by" in vars(model):
        return model._meta.get_field(model.stands_by) if model.stands_by else None
    references = [
        field
        for field in model._meta.local_concrete_fields
        if (field.many_to_one or field.one_to_one) and not field.null and field.related_model is not model
    ]
    known = [field for field in references if field.related_model._meta.app_label in ROOMS]
    placed = [field for field in known if place_of(field.related_model)]
    return min(placed, key=_distance, default=None)


def _distance(field: models.Field) -> tuple[bool, bool]:
    parent = field.related_model
    return parent.__name__ != "Case", not getattr(parent, "read_above_only", False)


def condition(model: type[models.Model], table: str = "") -> str:
    """The policy's condition, for the model's table or another with the same columns."""
    table, field = table or model._meta.db_table, place_of(model)
    column = f'"{table}"."{field.column}"'
    if not field.is_relation:
        return within(column, above=not getattr(model, "read_above_only", False))
    parent = field.related_model._meta.db_table
    return f'EXISTS (SELECT FROM public."{parent}" held WHERE held.id = {column})'  # which its own policy decides


def within(column: str, *, above: bool) -> str:
    """Whether a path lies in the session's reach; a session nobody told anything compares with NULL."""
    below = f"{column} >= {START} AND {column} < {END}"
    return f"({below}) OR {column} = ANY ({ABOVE})" if above else below


def past_condition(model: type[models.Model]) -> str:
    """What a view of past states shows of a table `h` with a path of its own; "" where it shows all.

    These views are the owner's, so that the newest state is chosen from all states and only then looked at: a policy
    would hide the state in which a row has moved away and show an older one. Rows without a path come with their case.
    """
    field = place_of(model) if model._meta.app_label in ROOMS else None
    if field is None or field.is_relation:
        return ""
    return within(f'h."{field.column}"', above=not getattr(model, "read_above_only", False))


def build(cursor: Any) -> None:
    """Lay policies where they are missing or differ; run as the owner after each migration."""
    cursor.execute(
        "SELECT c.relname, obj_description(p.oid, 'pg_policy') FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
        " WHERE p.polname = %s AND c.relrowsecurity",
        [POLICY],
    )
    laid = dict(cursor.fetchall())
    for table, rule in covered().items():
        if laid.pop(table, None) != rule:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
            cursor.execute(f'DROP POLICY IF EXISTS {POLICY} ON "{table}"')
            cursor.execute(f'CREATE POLICY {POLICY} ON "{table}" USING ({rule}) WITH CHECK (true)')
            quoted = rule.replace("'", "''")
            cursor.execute(f"COMMENT ON POLICY {POLICY} ON \"{table}\" IS '{quoted}'")
    for table in laid:  # a table that is covered no more
        cursor.execute(f'DROP POLICY {POLICY} ON "{table}"')
        cursor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
