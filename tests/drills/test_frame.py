"""The drills' own frame: it touches no server that is not its own, and a drill that says nothing is not ok."""

import json
from pathlib import Path

import pytest

from drills import __main__ as drills
from drills.frame import Outcome, Room, refuse_what_is_not_ours

HERE = {
    "DATABASE_URL": "postgresql://app@/drill?host=%2Ftmp%2Frun",
    "OWNER_DATABASE_URL": "postgresql://owner@/drill?host=%2Ftmp%2Frun",
    "REDIS_URL": "redis://:secret@127.0.0.1:6400/0",
}


@pytest.fixture
def ours(tmp_path) -> dict[str, str]:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres/urls.json").write_text("{}")
    return HERE | {"VAR_DIR": str(tmp_path)}


@pytest.mark.parametrize("name", HERE)
def test_a_server_elsewhere_is_refused(ours, name):
    refuse_what_is_not_ours(ours)
    with pytest.raises(ValueError, match=name):
        refuse_what_is_not_ours(ours | {name: "postgresql://app@db.example.gov.cn/zhengdun"})


def test_a_database_on_a_socket_that_is_not_embedded_is_refused(ours, tmp_path):
    (tmp_path / "postgres/urls.json").unlink()
    with pytest.raises(ValueError, match="embedded"):
        refuse_what_is_not_ours(ours)


def test_a_drill_that_ends_without_a_word_is_short():
    assert drills.heard("Traceback …\n", 3, Path("d_jobs.log")).verdict == "short"
    said = json.dumps({"seen": "all well", "faults": []})
    assert drills.heard(f"chatter\n{said}\n", 3, Path("d_jobs.log")).verdict == "ok"


def test_a_small_run_does_not_stand_in_for_a_full_one():
    full = drills.Line("jobs", "1,000 jobs", Outcome("1000 done"), size=1, seconds=300, load=0.2)
    small = drills.Line("jobs", "1,000 jobs", Outcome("20 done | a pipe", ["one lost"]), 0.1, 30, 0.2)
    other = drills.Line("races", "200 races", Outcome("200 races"), 0.1, 30, 0.2)
    text = drills.report([small, other], drills.report([full], ""))
    assert "1000 done" in text and "20 done" not in text and "200 races" in text
    assert "1000 done" in drills.report([full], drills.report([small], ""))


def test_counts_shrink_with_the_size_but_not_to_nothing():
    room = Room("jobs", Path("/tmp"), {}, size=0.01, seconds=60)
    assert (room.count(1000), room.count(50, least=5)) == (10, 5)
