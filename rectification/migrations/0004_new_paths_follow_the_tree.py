"""Tie the paths copied by the front half's rows to the tree, as 0002 does for the first ones."""

from django.db import migrations

from accounts.at_once import AtOnce

from organizations.placed import follow_path

TABLES = ["jointreview", "publicity", "surveynote", "casechange"]


class Migration(AtOnce, migrations.Migration):
    dependencies = [("rectification", "0003_front_half")]
    operations = [follow_path(f"rectification_{table}") for table in TABLES]
