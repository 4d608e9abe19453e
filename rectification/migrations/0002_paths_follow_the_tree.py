"""Tie every copied path to the tree, so that a moved unit takes its rows along."""

from django.db import migrations

from accounts.at_once import AtOnce

from organizations.placed import follow_path

TABLES = ["case", "duty", "review", "attachment", "survey", "sheet", "assessment", "lookback"]


class Migration(AtOnce, migrations.Migration):
    dependencies = [("rectification", "0001_initial")]
    operations = [follow_path(f"rectification_{table}") for table in TABLES]
