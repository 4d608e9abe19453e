# While rows of the trail are moved into a month of their own, one statement of another session may see them nowhere: it
# was planned before the month was there and reads after they left. So no window is sealed or checked meanwhile.

from importlib import import_module

from django.db import migrations

FIRST = import_module("accounts.migrations.0002_seal_and_partition_the_trail").PARTITIONS
AGAIN = FIRST.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
APART = AGAIN.replace(
    "PERFORM pg_advisory_xact_lock(20017);",
    "PERFORM pg_advisory_xact_lock(20017); PERFORM pg_advisory_xact_lock(20018);",
)


class Migration(migrations.Migration):

    dependencies = [("accounts", "0004_the_clock")]

    operations = [migrations.RunSQL(APART, reverse_sql=AGAIN)]
