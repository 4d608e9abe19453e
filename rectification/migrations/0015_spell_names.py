"""Names of people on cases and on the leaders' lists that were there before are spelt for the search."""

from django.db import migrations

from organizations.pinyin import person_text


def spell(apps, schema_editor):
    for name in ("CaseMember", "ContactLeader"):
        model = apps.get_model("rectification", name)
        rows = list(model.objects.all())
        for row in rows:
            row.search = person_text(row.name)
        model.objects.bulk_update(rows, ["search"], batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [
        ("rectification", "0014_checks_follow_the_tree"),
    ]

    operations = [migrations.RunPython(spell, migrations.RunPython.noop, elidable=True)]
