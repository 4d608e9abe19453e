"""Migrations that are carried out at once: the state is drawn one time, not again after each operation.

Django draws every related model anew after each operation of a migration. With a hundred tables that refer to each
other, a history table and three triggers for each, that is minutes of pure calculation for SQL that takes a second.
A migration which only adds says the same whichever moment of it one looks from, so its SQL is written from the state
before all of it and the state after all of it.

Use it as the first base of a generated migration: `class Migration(AtOnce, migrations.Migration)`.
"""

from typing import Any

import pgtrigger.migrations as triggers
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

MADE_WITH_THE_TABLE = (migrations.AddField, migrations.AddIndex, migrations.AddConstraint)
OF_A_TABLE = (
    *MADE_WITH_THE_TABLE,
    migrations.AlterField,
    migrations.AlterModelOptions,
    migrations.RemoveConstraint,
    triggers.AddTrigger,
    triggers.RemoveTrigger,
)


def database_part(operations: list[Operation]) -> list[Operation]:
    """What is left to do once tables are made as they are in the end.

    Raises TypeError for an operation that depends on the moment it runs at (renaming, Python over rows, two changes
    of one field): such a migration stays a plain one.
    """
    left: list[Operation] = []
    made: set[str] = set()
    changed: set[tuple[str, str]] = set()
    for operation in operations:
        if isinstance(operation, migrations.CreateModel):
            made.add(operation.name_lower)
        elif not isinstance(operation, (migrations.RunSQL, *OF_A_TABLE)):
            raise TypeError(f"{operation.describe()}: not in a migration that is carried out at once")
        elif isinstance(operation, (migrations.AddField, migrations.AlterField)):
            field = (operation.model_name_lower, operation.name_lower)
            if field in changed:
                raise TypeError(f"{operation.describe()}: the field changes twice in one migration")
            changed.add(field)
        if not (isinstance(operation, MADE_WITH_THE_TABLE) and operation.model_name_lower in made):
            left.append(operation)
    return left


class AtOnce:
    """The first base of a migration that only adds; forwards on a database it works at once, else as Django does."""

    operations: list[Operation]
    app_label: str

    def apply(
        self, state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> Any:
        """Bring the database and `state` forward; give back `state`."""
        if collect_sql:  # sqlmigrate explains operation by operation
            return super().apply(state, schema_editor, collect_sql)  # type: ignore[misc]
        left = database_part(self.operations)
        before = state.clone()
        if "apps" in state.__dict__:
            del state.apps  # drawn again when first asked for, after the last operation
        for operation in self.operations:
            operation.state_forwards(self.app_label, state)
        for operation in left:
            operation.database_forwards(self.app_label, schema_editor, before, state)
        return state
