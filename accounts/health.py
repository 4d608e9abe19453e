"""Whether the process lives, and whether it can work: for whoever watches the site."""

from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.policy import policy


@policy(None, scope="none", passive=True)
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"alive": True})


@policy(None, scope="none", passive=True)
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, cache and schema are there; 503 and which is not when one is missing. Says nothing of why."""
    checks = {"database": _works(_database), "redis": _works(_redis), "migrations": _works(_migrated)}
    return JsonResponse(
        {"ready": all(checks.values()), **checks}, status=200 if all(checks.values()) else 503
    )


def _works(check) -> bool:
    try:
        return bool(check())
    except Exception:  # any failure at all means not ready
        return False


def _database() -> bool:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _redis() -> bool:
    cache.set("readyz", 1, 10)
    return cache.get("readyz") == 1


def _migrated() -> bool:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
