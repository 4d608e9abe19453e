"""Names of committee members that were there before are spelt for the search."""

from django.db import migrations

from organizations.pinyin import person_text


def spell(apps, schema_editor):
    model = apps.get_model("organizations", "LeaderPost")
    rows = list(model.objects.exclude(holder=""))
    for row in rows:
        row.search = person_text(row.holder)
    model.objects.bulk_update(rows, ["search"], batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0006_acceptance_filings_papers"),
    ]

    operations = [migrations.RunPython(spell, migrations.RunPython.noop, elidable=True)]
