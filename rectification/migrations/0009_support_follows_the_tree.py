"""Support, reports and papers of supervision go along when a unit is moved in the tree."""

from django.db import migrations

from accounts.at_once import AtOnce

from organizations.placed import follow_path

TABLES = (
    "rectification_contactleader",
    "rectification_supportfund",
    "rectification_campaign",
    "rectification_progressreport",
    "rectification_inspection",
    "rectification_notice",
    "rectification_circular",
)


class Migration(AtOnce, migrations.Migration):
    dependencies = [
        ("rectification", "0008_remediation_and_supervision"),
    ]

    operations = [follow_path(table) for table in TABLES]
