"""Checks, evaluations and unlockings go along when a unit is moved in the tree."""

from django.db import migrations

from accounts.at_once import AtOnce

from organizations.placed import follow_path

TABLES = (
    "rectification_check",
    "rectification_personevaluation",
    "rectification_filingunlock",
)


class Migration(AtOnce, migrations.Migration):
    dependencies = [
        ("rectification", "0013_acceptance_filings_papers"),
    ]

    operations = [follow_path(table) for table in TABLES]
