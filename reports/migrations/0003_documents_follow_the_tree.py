"""Documents go along when a unit is moved in the tree."""

from django.db import migrations

from organizations.placed import follow_path


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_acceptance_filings_papers"),
    ]

    operations = [follow_path("reports_officedocument")]
