"""Tie the paths of yearly records and committee posts to the tree."""

from django.db import migrations

from accounts.at_once import AtOnce

from organizations.placed import follow_path

TABLES = ["yearrecord", "leaderpost"]


class Migration(AtOnce, migrations.Migration):
    dependencies = [("organizations", "0003_year_records")]
    operations = [follow_path(f"organizations_{table}") for table in TABLES]
