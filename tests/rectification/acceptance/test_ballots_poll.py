"""扫码测评: arranged, printed, answered once a code, closed, added to paper; nothing tells who answered what."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, models
from django.urls import reverse

from accounts.errors import Invalid, Refused
from rectification.acceptance.ballots import poll_actions, throttle
from rectification.acceptance.ballots.actions import save_tally
from rectification.acceptance.ballots.models import Poll, PollBox, PollCode
from rectification.acceptance.ballots.rules import as_typed, readable
from rectification.acceptance.models import Acceptance
from rectification.acceptance.results import missing
from rectification.cases.models import Case
from rectification.workflow import Stage
from tests.cast import NOW
from tests.rectification.acceptance.meeting import acceptance, tally_of

__all__ = ["acceptance"]

LATER = NOW + timedelta(hours=2)
CHOICES = ({0: "满意"}, {0: "基本满意"}, {0: "不满意"}, {})


def arrange(acceptance, by, **facts):
    given = {"opens_at": NOW, "closes_at": NOW + timedelta(hours=1), "slips": 20, "version": None} | facts
    return poll_actions.arrange(acceptance_id=acceptance.pk, group="masses", by=by, at=NOW, **given)


def printed(poll, by, number=20):
    return poll_actions.print_codes(poll_id=poll.pk, number=number, by=by, at=NOW)


def answer(code, chosen=CHOICES[0], at=NOW):
    poll_actions.answer(code=code, chosen=chosen, at=at)


def close(poll, by):
    return poll_actions.close(poll_id=poll.pk, by=by, at=NOW, version=None)


@pytest.fixture
def poll(acceptance, county_officer):
    return arrange(acceptance, county_officer)


@pytest.fixture
def codes(poll, county_officer):
    return printed(poll, county_officer)


def refusal(code, at=NOW):
    with pytest.raises(Refused) as refused:
        answer(code, at=at)
    return str(refused.value)


def test_a_code_counts_once_and_says_why_it_does_not(codes, poll):
    answer(codes[0])
    assert "已经用过" in refusal(codes[0])
    assert "没有这个测评码" in refusal("0" * 12)
    assert "还没有开始，5月20日 10:00 开始" in refusal(codes[1], NOW - timedelta(minutes=1))
    assert "已经结束" in refusal(codes[1], NOW + timedelta(hours=1))
    assert PollBox.objects.get(poll=poll).counts == {"总体评价": {"满意": 1}}


def test_nothing_chosen_and_nonsense_are_unchosen(codes, poll):
    for code, chosen in zip(codes, ({}, {0: "很好"}, {7: "满意"}), strict=False):
        answer(code, chosen)
    assert PollBox.objects.get(poll=poll).counts == {"总体评价": {"未选": 3}}


def test_printing_again_voids_the_slips_not_used(codes, poll, county_officer):
    answer(codes[0])
    fresh = printed(poll, county_officer, poll_actions.unused(poll))
    assert len(fresh) == 19 and poll.codes.count() == 20
    assert "没有这个测评码" in refusal(codes[1])
    answer(fresh[0])


def test_paper_and_qr_are_added_up_whichever_comes_first(codes, poll, acceptance, county_officer):
    """12 answers by QR upon 26 on paper; correcting the paper afterwards adds the same 12 again, once."""
    given = {"acceptance_id": acceptance.pk, "by": county_officer, "at": NOW, "version": None}
    save_tally(tally=tally_of("masses"), handed_out=15, **given)
    for code in codes[:12]:
        answer(code)
    close(poll, county_officer)
    tally = acceptance.tallies.get()
    assert (tally.issued, tally.returned, tally.valid) == (26 + 15, 26 + 12, 26 + 12)
    assert tally.counts["总体评价"] == {"满意": 32, "基本满意": 5, "不满意": 1, "未选": 0}
    save_tally(tally=tally_of("masses", good=10), handed_out=14, **given)
    tally.refresh_from_db()
    assert (tally.issued, tally.counts["总体评价"]["满意"]) == (16 + 14, 22)
    with pytest.raises(Invalid, match="扫码收回 12 大于发出测评码 11"):
        save_tally(tally=tally_of("masses"), handed_out=11, **given)


def test_too_few_answers_are_emptied_out_and_never_told(codes, poll, acceptance, county_officer, as_post):
    save_tally(
        acceptance_id=acceptance.pk,
        by=county_officer,
        at=NOW,
        version=None,
        tally=tally_of("masses"),
        handed_out=9,
    )
    for code in codes[:9]:
        answer(code, CHOICES[2])
    assert not close(poll, county_officer).told
    box = PollBox.objects.get(poll=poll)
    assert (box.returned, box.counts, acceptance.tallies.get().valid) == (9, {}, 26)
    page = as_post(county_officer).get(reverse("acceptance:tally", args=[acceptance.uid, "masses"]))
    assert "不足 10 份" in page.content.decode()
    anew = arrange(acceptance, county_officer)
    assert (anew.closed_at, anew.codes.count(), PollBox.objects.get(poll=poll).returned) == (None, 0, 0)


def test_results_once_told_take_no_further_answer(codes, poll, acceptance, county_officer):
    for code in codes[:10]:
        answer(code)
    close(poll, county_officer)
    assert "已经结束" in refusal(codes[11])
    with pytest.raises(Refused, match="推知个人的选择"):
        arrange(acceptance, county_officer)


def test_a_poll_closes_at_its_time_once(codes, poll, acceptance, county_officer):
    for code in codes[:10]:
        answer(code)
    assert "结束" in "；".join(missing(acceptance))
    assert poll_actions.close_due(at=NOW) == 0
    assert (poll_actions.close_due(at=LATER), poll_actions.close_due(at=LATER)) == (1, 0)
    assert Poll.objects.get(pk=poll.pk).told


def test_closing_leaves_no_flag_that_tells_who_came(codes, poll, county_officer):
    answer(codes[0])
    close(poll, county_officer)
    assert set(poll.codes.values_list("used", flat=True)) == {True}
    assert poll_actions.forget(at=NOW + timedelta(days=8)) == 20


def test_who_only_reads_arranges_no_poll(acceptance, city_reviewer, village_reporter):
    for post in (city_reviewer, village_reporter):
        with pytest.raises(Refused, match="登记"):
            arrange(acceptance, post)


def test_a_typed_code_is_read_whatever_its_case_and_dashes(codes):
    code = codes[0]
    assert as_typed(readable(code).lower()) == as_typed(f" {code} ") == code
    assert (
        as_typed("０１２３ＡＢＣＤＥＦＧＨ") == "0123ABCDEFGH" and as_typed("oil3ABCDEFGH") == "0113ABCDEFGH"
    )
    assert as_typed("满意") is None and as_typed(code + "0") is None


# --- nothing tells who ------------------------------------------------------------------------------------------


def test_the_tables_of_answers_have_no_column_that_could_tell_who():
    assert {f.name for f in PollCode._meta.get_fields()} == {"id", "poll", "digest", "used"}
    assert {f.name for f in PollBox._meta.get_fields()} == {"id", "poll", "returned", "counts"}
    timed = (models.DateField, models.TimeField)
    assert not [f for m in (PollCode, PollBox) for f in m._meta.fields if isinstance(f, timed)]


def rows() -> dict[str, int]:
    """How many rows every table of the database has."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        counts = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM \"{table}\"" for table in tables)
        cursor.execute(counts)
        return dict(cursor.fetchall())


def test_an_answer_leaves_no_row_no_cookie_and_no_line(codes, poll, county_officer, as_post, caplog):
    """Sent from a browser that is signed in: its session is not touched; other pages do leave their line."""
    browser = as_post(county_officer)
    browser.get(reverse("accounts:healthz"))
    session, before, lines = dict(browser.session), rows(), len(caplog.records)
    assert lines
    sent = {"code": codes[0], "answered": "1", "item-0": "满意"}
    response = browser.post(reverse("ceping"), sent, REMOTE_ADDR="203.0.113.9")
    assert response.status_code == 302 and codes[0] not in response["Location"]
    assert "X-Request-Id" not in response and not response.cookies
    assert rows() == before and len(caplog.records) == lines
    assert dict(browser.session) == session
    assert PollBox.objects.get(poll=poll).returned == 1


def test_the_code_is_asked_in_a_body_and_never_stands_in_an_address(codes, poll, client):
    asked_for = client.get(reverse("ceping"))
    ballot = client.post(reverse("ceping"), {"code": readable(codes[0])})
    assert 'name="code"' in asked_for.content.decode()
    assert "石桥村" in ballot.content.decode() and "基本满意" in ballot.content.decode()
    assert PollBox.objects.get(poll=poll).returned == 0
    assert ballot["Cache-Control"] == "no-store"


def test_guessing_is_turned_away_but_a_right_code_is_not(codes, client, settings, monkeypatch):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    monkeypatch.setattr(throttle, "LIMIT", 2)
    wrong = [client.post(reverse("ceping"), {"code": "0" * 12}).status_code for _ in range(3)]
    assert wrong == [422, 422, 429]
    assert client.post(reverse("ceping"), {"code": codes[0]}).status_code == 200


# --- many at once -----------------------------------------------------------------------------------------------


def in_threads(codes, workers=8):
    """Everybody answers at once; what went wrong for each, None where it was counted."""
    gate = threading.Barrier(workers)

    def sends(part):
        gate.wait()
        told = []
        try:
            for place, code in part:
                try:
                    answer(code, CHOICES[place % 4])
                    told.append(None)
                except Refused as refused:
                    told.append(str(refused))
        finally:
            connection.close()
        return told

    numbered = list(enumerate(codes))
    with ThreadPoolExecutor(workers) as pool:
        parts = pool.map(sends, [numbered[n::workers] for n in range(workers)])
    return [one for part in parts for one in part]


@pytest.fixture
def hall(transactional_db, scheme, village, county, county_officer):
    """A poll of two hundred slips, committed, so that threads see it."""
    from tests.conftest import make_case

    case = make_case(scheme, village, county, county_officer)
    Case.objects.filter(pk=case.pk).update(stage=Stage.ACCEPTANCE)
    made = Acceptance.objects.create(case=case)
    poll = Poll.objects.create(
        acceptance=made,
        group="masses",
        questions=[["总体评价", ["满意", "基本满意", "不满意", "未选"]]],
        opens_at=NOW - timedelta(minutes=1),
        closes_at=LATER,
        slips=200,
        by=county_officer,
    )
    PollBox.objects.create(poll=poll)
    return poll


def test_two_hundred_answers_at_once_are_counted_exactly(hall, county_officer):
    codes = printed(hall, county_officer, 200)
    assert in_threads(codes) == [None] * 200
    box = PollBox.objects.get(poll=hall)
    assert (box.returned, set(box.counts["总体评价"].values())) == (200, {50})
    assert hall.codes.filter(used=True).count() == 200


def test_one_code_sent_eight_times_at_once_counts_once(hall, county_officer):
    code = printed(hall, county_officer, 1)[0]
    told = in_threads([code] * 8)
    assert told.count(None) == 1 and PollBox.objects.get(poll=hall).returned == 1


def test_without_the_lock_answers_would_be_lost(hall, county_officer, monkeypatch):
    """The planted fault: the box is read without waiting for whoever holds it."""
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda self, **_how: self)
    in_threads(printed(hall, county_officer, 200))
    assert PollBox.objects.get(poll=hall).returned < 200
