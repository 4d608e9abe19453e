"""The audit trail bears seals: whatever is done to it behind the application's back is found, and where."""

import random
from datetime import timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts import actions, audit, sealing, tasks, verifying
from accounts.models import AuditCheck, AuditEvent, AuditSeal
from tests.accounts.tampering import TAMPERINGS, cut_off_the_end, forge_with_the_key, in_the_owners_hands
from tests.cast import NOW
from tests.test_database_roles import refused

WINDOW, WINDOWS = 7, 5


@pytest.fixture(autouse=True)
def heads(settings, tmp_path):
    """Each test keeps its own heads."""
    settings.AUDIT_HEADS = tmp_path / "audit" / "heads.jsonl"
    return settings.AUDIT_HEADS


def events(number, *, days=0):
    AuditEvent.objects.bulk_create(
        AuditEvent(action="登录", object=f"号{i:03}", at=NOW + timedelta(days=days, seconds=i))
        for i in range(number)
    )


def sealed():
    events(WINDOW * WINDOWS)
    events(3, days=40)
    before = AuditSeal.objects.count()
    assert sealing.seal(at=NOW, window=WINDOW) == WINDOWS + 1
    sealing._tell(list(AuditSeal.objects.all()[before:]))


@pytest.fixture
def owner(django_db_setup, django_db_blocker):
    """A sealed trail in the hands of the owner of the tables, whom no grant holds back; taken back at the end."""
    with django_db_blocker.unblock(), in_the_owners_hands(sealed) as cursor:
        yield cursor


def test_a_hundred_of_a_hundred_tamperings_are_found_in_their_window(owner):
    rng, missed, last = random.Random(17), [], AuditSeal.objects.last().upto_id
    assert verifying.verify(at=NOW).problems == []
    for turn in range(100):
        tamper = TAMPERINGS[turn % len(TAMPERINGS)]
        point = transaction.savepoint()
        number = tamper(owner, rng)
        problems = verifying.verify(at=NOW).problems
        if not any(f"第{number}号" in words for words in problems):
            missed.append((tamper.__name__, number, problems))
        transaction.savepoint_rollback(point)
        owner.execute("SELECT setval(%s, %s)", [sealing.SEQUENCE, last])  # no rollback brings a sequence back
    assert missed == []
    assert verifying.verify(at=NOW).problems == []


def test_without_the_link_a_window_sealed_anew_is_missed(owner, heads):
    """The planted fault: the chain's link left out of the check, nothing kept outside."""
    heads.unlink()
    number = forge_with_the_key(owner, random.Random(3), onward=False)
    assert any(f"第{number + 1}号" in words for words in verifying.verify(at=NOW).problems)
    assert verifying.verify(at=NOW, linked=False).problems == []


def test_an_end_cut_off_is_told_by_what_was_kept_outside_alone(owner, heads):
    kept = verifying.read_heads(heads)
    heads.unlink()
    number = cut_off_the_end(owner, random.Random(1))
    assert verifying.verify(at=NOW).problems == []
    (words,) = verifying.verify(at=NOW, heads=kept).problems
    assert f"第{number}号至第{WINDOWS + 1}号封存及其记录被截去" in words


def beside():
    """Another session of the application."""
    known = connection.get_connection_params()
    names = ("host", "port", "dbname", "user", "password")
    return psycopg.connect(**{name: known[name] for name in names if known.get(name)})


# --- the sealer ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_window_waits_for_whoever_may_still_write_into_it(monkeypatch, heads):
    """A number drawn first and committed last: its window is closed only when it is there."""
    with beside() as late:
        late.execute(
            "INSERT INTO accounts_auditevent (at, username, post, unit_path, address, request, action, object,"
            " detail, result, fields) VALUES (now(), '', '', '', '', '', '迟到', '', '{}', '成功', '[]')"
        )
        audit.record("先到")
        monkeypatch.setattr(sealing, "PATIENCE_SECONDS", 0.1)
        assert sealing.seal(at=NOW) == 0
        # The planted fault: nobody is waited for, and the latecomer breaks the seal
        with monkeypatch.context() as fault, transaction.atomic():
            fault.setattr(sealing, "_writers", lambda *_: set())
            assert sealing.seal(at=NOW) == 1
            assert AuditSeal.objects.get().count == 1
            transaction.set_rollback(True)
        late.commit()
    assert sealing.seal(at=NOW) == 1
    assert AuditSeal.objects.get().count == 2
    assert heads.read_text().count("\n") == 1


def test_of_two_sealers_at_once_one_finds_nothing_to_do(db):
    audit.record("试")
    with beside() as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [sealing.LOCK])
        assert sealing.seal(at=NOW) == 0
    assert sealing.seal(at=NOW) == 1


def test_nothing_is_sealed_while_rows_are_moved_into_their_month(db):
    audit.record("试")
    with beside() as mover:
        mover.execute("SELECT accounts_audit_partitions(0)")
        assert sealing.seal(at=NOW) == 0
        mover.rollback()
    assert sealing.seal(at=NOW) == 1


def test_sealing_again_seals_nothing_twice(db):
    sealed()
    assert sealing.seal(at=NOW) == 0
    audit.record("试")
    assert tasks.seal_audit() == 1
    assert verifying.verify(at=NOW).problems == []


def test_a_new_key_seals_on_and_the_old_one_still_verifies(db, settings):
    settings.AUDIT_KEYS = ["old" * 20]
    sealed()
    settings.AUDIT_KEYS = ["new" * 20, "old" * 20]
    audit.record("试")
    assert sealing.seal(at=NOW) == 1
    assert verifying.verify(at=NOW).problems == []
    settings.AUDIT_KEYS = ["new" * 20]
    assert "密钥" in verifying.verify(at=NOW).problems[0]


def test_a_sealer_that_stands_still_is_told(db):
    events(1, days=-1)
    assert "封存任务可能已停止" in verifying.verify(at=NOW).problems[0]


# --- rights, room and keeping --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditseal SET count = 0",
        "DELETE FROM accounts_auditseal",
        "UPDATE accounts_auditevent_rest SET action = ''",
        "DELETE FROM accounts_auditevent_rest",
        "INSERT INTO accounts_auditevent_rest SELECT * FROM accounts_auditevent",
        "TRUNCATE accounts_auditevent",
        "ALTER TABLE accounts_auditevent DETACH PARTITION accounts_auditevent_rest",
        f"SELECT setval('{sealing.SEQUENCE}', 1)",
    ],
)
def test_the_application_can_only_add_to_trail_and_seals(db, statement):
    assert refused(statement)


def test_the_tidying_makes_room_for_the_months_to_come_and_closes_it_to_all(db):
    """Rows that found no month of their own wait in the remainder, and are moved where they belong."""
    AuditEvent.objects.create(action="远期", at=NOW + timedelta(days=4000))
    actions.tidy(at=NOW)
    month = (NOW + timedelta(days=4000)).strftime("%Y%m")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM accounts_auditevent WHERE action = '远期'")
        assert cursor.fetchone() == (f"accounts_auditevent_{month}",)
    assert refused(f"DELETE FROM accounts_auditevent_{month}")


def test_the_tidying_never_takes_an_event_or_a_seal(db):
    """Kept for three years at least; nothing of ours deletes them at all."""
    AuditEvent.objects.create(action="旧", at=NOW - timedelta(days=365 * 10))
    sealing.seal(at=NOW)
    actions.tidy(at=NOW)
    assert AuditEvent.objects.filter(action="旧").exists() and AuditSeal.objects.count() == 1


# --- the auditor's and the keeper's check --------------------------------------------------------------------------


def test_the_command_tells_a_whole_trail_and_its_newest_head(db, capsys):
    sealed()
    call_command("verify_audit")
    said = capsys.readouterr().out
    assert f"核对 {WINDOWS + 1} 个封存、{WINDOW * WINDOWS + 3} 条记录" in said
    assert AuditSeal.objects.last().mac in said and "没有发现问题" in said


def test_the_command_fails_on_a_head_that_is_not_there(db, tmp_path, capsys):
    sealed()
    kept = tmp_path / "kept.jsonl"
    kept.write_text('{"number": 12, "upto": 900, "mac": "00"}\n')
    with pytest.raises(CommandError, match="1 处问题"):
        call_command("verify_audit", heads=[kept])
    assert f"第{WINDOWS + 2}号至第12号封存及其记录被截去" in capsys.readouterr().err


def test_a_check_asked_for_on_the_page_ends_with_what_it_found(auditor):
    sealed()
    check = AuditCheck.objects.create(user=auditor.user)
    tasks.check_audit(check.pk)
    check.refresh_from_db()
    assert (check.state, check.windows, check.events, check.problems) == (
        "done",
        WINDOWS + 1,
        WINDOWS * WINDOW + 3,
        [],
    )
    assert AuditEvent.objects.filter(action="验证审计封存", username=auditor.user.username).exists()
