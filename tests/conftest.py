"""The cast, and a database where tests sign in as the application role while the owner migrates and flushes."""

import contextlib
import gc

import pytest
import time_machine
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.management.commands import flush
from django.db import OperationalError, connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import override_settings
from django.test.utils import setup_databases, teardown_databases
from hypothesis import HealthCheck, settings
from pytest_django.plugin import blocking_manager_key

from accounts.roles import Role
from organizations.reach import EVERYTHING, see_outside
from organizations.rules import Field, Level
from tests import cast
from tests.emptying import flush_as_owner, owner_login
from tests.stage import Stage, commits, on_stage, ordered, uses_rows

STAGE = Stage()
# Tests write and look as the whole site; a request and a task in them see as far as their own post
see_outside(EVERYTHING)
# How fast a rule is asked depends on who else uses the machine: a slow minute is no fault of the rule
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = ordered(items)


def pytest_collection_finish() -> None:
    """What stays for the whole run is left out of the collections of garbage, as the site does with its own objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test that commits, or has a world of its own for its module, finds the stage empty before any of its fixtures:
    a browser's server and thread would wait for what stands there."""
    if commits(item) or (not uses_rows(item) and "django_db_setup" in item.fixturenames):
        with item.config.stash[blocking_manager_key].unblock():
            STAGE.strike()


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef, request: pytest.FixtureRequest) -> None:
    """The stage is set at the moment when pytest-django opens the test's own savepoint upon it."""
    if fixturedef.argname == "_django_db_helper":
        with request.config.stash[blocking_manager_key].unblock():
            STAGE.set(request.node)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """Migrate as the owner, then test as the application role, so that a missing grant is seen."""
    app_login = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    with django_db_blocker.unblock():
        connection.settings_dict.update(owner_login())
        databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
        connection.close()
        connection.settings_dict.update(app_login)
    yield
    with django_db_blocker.unblock():
        STAGE.strike()
        connection.close()
        connection.settings_dict.update(owner_login())
        # A thread of a test may still hold a connection; the next run makes the database anew in any case
        with contextlib.suppress(OperationalError):
            teardown_databases(databases, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def owner_flushes():
    """Emptying tables between transactional tests needs the owner; the schema is left as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_as_owner)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_args, **_kwargs: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files_found_when_asked_for():
    """Each client loads the middleware anew; listing every static file then takes longer than most requests."""
    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(scope="session", autouse=True)
def passwords_hashed_with_little_work():
    """The same algorithm; the quarter of a second that each password takes is for guessers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Argon2PasswordHasher, "memory_cost", 1024)
        patch.setattr(Argon2PasswordHasher, "parallelism", 1)
        yield


@pytest.fixture(autouse=True)
def clock(request):
    """Every test happens on the same working day, unless it needs the real clock (marker `real_clock`)."""
    if request.node.get_closest_marker("real_clock"):
        yield None
    else:
        with time_machine.travel(cast.NOW, tick=True) as travelling:
            yield travelling


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """Files of a test go with the test."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def no_broker(request, monkeypatch):
    """Hints to workers are collected, not sent, unless a test runs a real worker (marker `broker`)."""
    sent: list[tuple[str, list]] = []
    if not request.node.get_closest_marker("broker"):
        from celery import current_app

        monkeypatch.setattr(
            current_app, "send_task", lambda name, args=(), **_kwargs: sent.append((name, list(args)))
        )
    return sent


# --- places ----------------------------------------------------------------------------------------------------


@on_stage
def city(db):
    return cast.place("云泽市", Level.CITY, code="9901")


@on_stage
def county(city):
    return cast.place("青禾县", Level.COUNTY, city, code="990121")


@on_stage
def township(county):
    return cast.place("柳溪镇", Level.TOWNSHIP, county, code="990121101")


@on_stage
def village(township):
    return cast.village_in(
        township, "石桥村委会", "990121101201", households=320, population=1180, members=46
    )


@on_stage
def other_village(township):
    return cast.village_in(township, "枫林村委会", "990121101202", households=210)


@on_stage
def community(township):
    return cast.village_in(township, "河街社区居委会", "990121101001", field=Field.COMMUNITY)


@on_stage
def other_township(county):
    return cast.place("白岩乡", Level.TOWNSHIP, county, code="990121201")


@on_stage
def other_county(city):
    return cast.place("东陵县", Level.COUNTY, city, code="990122")


@on_stage
def foreign_township(other_county):
    return cast.place("望江镇", Level.TOWNSHIP, other_county, code="990122101")


@on_stage
def foreign_village(foreign_township):
    return cast.village_in(foreign_township, "沙洲村委会", "990122101201")


# --- people ----------------------------------------------------------------------------------------------------


@on_stage
def city_reviewer(city):
    return cast.post_at(city, Role.CITY_REVIEWER, "shi")


@on_stage
def county_officer(county):
    return cast.post_at(county, Role.COUNTY_OFFICER, "xian")


@on_stage
def department(county):
    return cast.post_at(county, Role.DEPARTMENT, "bumen", department="县信访局")


@on_stage
def township_officer(township):
    return cast.post_at(township, Role.TOWNSHIP_OFFICER, "zhen")


@on_stage
def village_reporter(village):
    return cast.post_at(village, Role.VILLAGE_REPORTER, "cun")


@on_stage
def helper(county):
    return cast.post_at(county, Role.HELPER, "bangfu")


@on_stage
def system_admin(city):
    return cast.post_at(city, Role.SYSTEM_ADMIN, "xitong")


@on_stage
def security_admin(city):
    return cast.post_at(city, Role.SECURITY_ADMIN, "anquan")


@on_stage
def auditor(city):
    return cast.post_at(city, Role.AUDITOR, "shenji")


@on_stage
def other_township_officer(other_township):
    return cast.post_at(other_township, Role.TOWNSHIP_OFFICER, "zhen2")


@on_stage
def other_county_officer(other_county):
    return cast.post_at(other_county, Role.COUNTY_OFFICER, "xian2")


@pytest.fixture
def as_post():
    """A browser signed in in a post."""
    return cast.PostClient


# --- the year --------------------------------------------------------------------------------------------------


@on_stage
def scheme(city, city_reviewer):
    """Preset A, issued by the city and in force this year."""
    from rectification.duties import actions as duties
    from rectification.schemes import actions as schemes

    made = schemes.create_from_preset(
        preset_key="a_yueyang_2015", issuer=city, year=cast.YEAR, by=city_reviewer, at=cast.NOW
    )
    duties.start_year(scheme_id=made.pk, by=city_reviewer, at=cast.NOW)
    made.refresh_from_db()
    return made


def make_case(scheme, village, county, county_officer, **facts):
    """A determined organization in remediation, with what it owes."""
    from rectification.cases import actions as cases
    from rectification.duties import actions as duties

    made = cases.open_case(
        scheme=scheme,
        organization=village,
        county=county,
        by=county_officer,
        at=cast.NOW,
        **{"primary": scheme.criteria.first(), "determined_on": cast.TODAY, "score": 82, "rank": 1, **facts},
    )
    duties.open_case_duties(case=made, at=cast.NOW)
    return made


@on_stage
def case(scheme, village, county, county_officer):
    """A case in remediation in the cast's village."""
    return make_case(scheme, village, county, county_officer)


@on_stage
def foreign_case(scheme, foreign_village, other_county, other_county_officer):
    """A case of another county."""
    return make_case(scheme, foreign_village, other_county, other_county_officer)
