"""Migrations that are carried out at once say what plain ones say, or refuse."""

import pgtrigger.migrations as triggers
import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from accounts.at_once import AtOnce, database_part

OUR_APPS = {"accounts", "organizations", "rectification", "reports"}
MANY = 12  # operations; below it drawing the models each time is not felt
DRAWN_EARLY = {"accounts", "organizations"}  # while there are few models to draw


def table(name: str = "Case") -> migrations.CreateModel:
    return migrations.CreateModel(name, [("id", models.BigAutoField(primary_key=True))])


def trigger(model: str) -> triggers.AddTrigger:
    return triggers.AddTrigger(model, trigger=None)


def test_what_belongs_to_a_new_table_is_made_with_it_and_not_again():
    made, hook = table(), trigger("case")
    late = migrations.AddField("case", "note", models.TextField())
    index = migrations.AddIndex("case", models.Index(fields=["note"], name="case_note"))
    bound = migrations.AddConstraint("case", models.UniqueConstraint(fields=["note"], name="one_note"))
    assert database_part([made, late, index, bound, hook]) == [made, hook]


def test_what_is_added_to_an_older_table_is_written():
    field = migrations.AddField("case", "note", models.TextField())
    check = migrations.AddConstraint("case", models.UniqueConstraint(fields=["note"], name="one_note"))
    assert database_part([field, check, trigger("case")])[:2] == [field, check]


@pytest.mark.parametrize(
    "operations",
    [
        [migrations.RenameField("case", "note", "remark")],
        [migrations.RemoveField("case", "note")],
        [migrations.RunPython(migrations.RunPython.noop)],
        [
            migrations.AddField("case", "note", models.TextField()),
            migrations.AlterField("case", "note", models.TextField(blank=True)),
        ],
    ],
    ids=["rename", "remove", "python", "twice"],
)
def test_an_operation_that_depends_on_its_moment_is_refused(operations):
    with pytest.raises(TypeError):
        database_part(operations)


def test_models_are_drawn_once_however_many_operations_there_are(monkeypatch):
    drawn = []
    render = ModelState.render
    monkeypatch.setattr(
        ModelState, "render", lambda model, apps: drawn.append(model.name) or render(model, apps)
    )

    class Made(AtOnce, migrations.Migration):
        operations = [table(), table("Duty"), migrations.AddField("case", "note", models.TextField())]

    class Written:
        def create_model(self, model):
            written[model.__name__] = {field.name for field in model._meta.fields}

        class connection:
            alias = "default"

    written: dict[str, set[str]] = {}
    state = ProjectState()
    assert state.apps
    drawn.clear()
    after = Made("0001", "cases").apply(state, Written())
    assert sorted(drawn) == ["Case", "Duty"]
    assert written == {"Case": {"id", "note"}, "Duty": {"id"}}
    assert set(after.models) == {("cases", "case"), ("cases", "duty")}


def test_each_migration_with_many_operations_is_carried_out_at_once():
    plain = []
    for (label, name), migration in MigrationLoader(None).disk_migrations.items():
        if label not in OUR_APPS - DRAWN_EARLY or isinstance(migration, AtOnce):
            continue
        try:
            database_part(migration.operations)
        except TypeError:
            continue
        if len(migration.operations) > MANY:
            plain.append(f"{label}.{name}")
    assert not plain, "class Migration(AtOnce, migrations.Migration): accounts/at_once.py"
