"""Row history bears seals: what is done to it behind the application's back is found, and in which table and days."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts import actions, history_seals, sealing, tasks, verifying
from accounts.models import AuditEvent, User
from tests.accounts.tampering import in_the_owners_hands
from tests.cast import NOW

TABLE = "accounts_userhistory"


@pytest.fixture(autouse=True)
def heads(settings, tmp_path):
    """Each test keeps its own heads."""
    settings.AUDIT_HEADS = tmp_path / "heads.jsonl"


def sealed():
    """Two nights: three accounts, then two of them renamed."""
    people = [User.objects.create(username=f"ren{n}", name=f"第{n}人") for n in range(3)]
    assert history_seals.seal() == 3
    for user in people[:2]:
        actions.edit_user(user_id=user.pk, name="改名")
    assert tasks.seal_history() == 2


@pytest.fixture
def owner(django_db_setup, django_db_blocker):
    """A sealed history in the hands of the owner of the tables, whom no grant holds back; taken back at the end."""
    with django_db_blocker.unblock(), in_the_owners_hands(sealed) as cursor:
        yield cursor


def found():
    return verifying.verify(at=NOW).problems


OLDEST = f"(SELECT min(pgh_id) FROM {TABLE})"
TAMPERINGS = {
    f"UPDATE {TABLE} SET name = '别人' WHERE pgh_id = {OLDEST}": "有行被修改或替换",
    f"UPDATE {TABLE} SET pgh_context = '{{\"name\": \"别人\"}}' WHERE pgh_label = 'update'": "有行被修改或替换",
    f"UPDATE {TABLE} SET pgh_created_at = pgh_created_at - interval '1 hour'": "有行被修改或替换",
    f"DELETE FROM {TABLE} WHERE pgh_id = {OLDEST}": "有行被删除：封存时3行，现有2行",
    f"UPDATE {TABLE} SET pgh_id = pgh_id + 1000000 WHERE pgh_label = 'update'": "有行被删除：封存时2行，现有0行",
    f"UPDATE {TABLE} SET pgh_id = -5 WHERE pgh_label = 'update' AND username = 'ren0'": "有行被加入",
    f"ALTER TABLE {TABLE} DROP COLUMN phone CASCADE": "缺少phone",
}


def test_each_tampering_is_found_and_its_table_named(owner):
    assert found() == [] and verifying.verify(at=NOW).rows == 5
    missed = []
    for statement, words in TAMPERINGS.items():
        point = transaction.savepoint()
        owner.execute(statement)
        if not any(one.startswith(f"修改历史表{TABLE}") and words in one for one in found()):
            missed.append((statement, found()))
        transaction.savepoint_rollback(point)
    assert missed == [] and found() == []


def test_a_forged_digest_is_no_cover_and_without_its_key_it_would_be(owner, monkeypatch):
    """A superuser alters a row and adds the event that would make it good; the trail's sealer seals that event too."""
    owner.execute(f"UPDATE {TABLE} SET name = '别人' WHERE pgh_id = {OLDEST}")
    guessed = dict.fromkeys(sealing.keys(), b"guess")
    monkeypatch.setattr(sealing, "keys", lambda: guessed)
    monkeypatch.setattr(
        history_seals, "read_trail", lambda: ({}, AuditEvent.objects.latest("pk").detail["mac"], [])
    )
    history_seals.seal()
    monkeypatch.undo()
    assert any("不是系统所写" in words for words in found()) and any("被修改" in words for words in found())
    # The planted fault: the event's HMAC is not looked at, and each event begins anew
    monkeypatch.setattr(history_seals, "_mac", lambda detail, key: detail.get("mac"))
    AuditEvent.objects.filter(action=history_seals.ACTION).exclude(
        pk=AuditEvent.objects.latest("pk").pk
    ).delete()
    forged = AuditEvent.objects.get(action=history_seals.ACTION)
    forged.detail["previous"] = sealing.NOTHING_BEFORE
    forged.save()
    assert found() == []


def test_a_new_column_leaves_the_digests_and_a_lost_one_begins_the_table_anew(owner):
    owner.execute(f"ALTER TABLE {TABLE} ADD COLUMN later text DEFAULT 'x'")
    assert found() == []
    User.objects.create(username="ren9", name="第九人")
    assert history_seals.seal() == 1 and found() == []
    owner.execute(f"ALTER TABLE {TABLE} DROP COLUMN phone CASCADE")
    assert history_seals.seal() == 6 and found() == []
    assert f"重新封存：{TABLE}" in AuditEvent.objects.latest("pk").object


def test_a_night_without_news_is_told_and_nights_without_seals_are_a_problem(db):
    sealed()
    assert history_seals.seal() == 0
    assert AuditEvent.objects.filter(action=history_seals.ACTION).count() == 3
    assert found() == []
    late = verifying.verify(at=AuditEvent.objects.latest("pk").at + timedelta(days=3)).problems
    assert any("修改历史自" in words and "没有封存" in words for words in late)
