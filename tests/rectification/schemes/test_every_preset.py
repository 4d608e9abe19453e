"""Every preset may be drawn up as a scheme; what it leaves to fill in stands there, and only errors hold it back."""

import pytest

from accounts.errors import Invalid
from rectification.schemes import actions, preset_rows
from rectification.schemes.chain_rules import deciding_step, steps_of
from rectification.schemes.models import Process
from rectification.schemes.parts import PARTS
from rectification.schemes.preset_files import load_preset, preset_keys, preset_path
from tests.cast import NOW, YEAR

pytestmark = pytest.mark.django_db


def drawn_up(key, by):
    return actions.create_from_preset(preset_key=key, issuer=by.organization, year=YEAR, by=by, at=NOW)


@pytest.mark.parametrize("key", preset_keys())
def test_a_preset_is_drawn_up_whole_and_refused_only_for_what_it_leaves_empty(key, city_reviewer):
    preset = load_preset(preset_path(key))
    made = drawn_up(key, city_reviewer)
    rows = [row for part in PARTS.values() for row in part.rows(made)]
    assert rows
    assert all(row.source or row.starter for row in rows)
    blocking = {problem.path for problem in actions.problems(made) if problem.is_error}
    assert blocking <= preset.empty_parts
    if blocking:
        with pytest.raises(Invalid):
            actions.put_in_force(scheme_id=made.pk, by=city_reviewer, at=NOW)
    else:
        assert actions.put_in_force(scheme_id=made.pk, by=city_reviewer, at=NOW).in_force_at == NOW


@pytest.mark.parametrize("key", preset_keys())
def test_every_row_a_preset_names_arrives_with_its_words_and_source(key, city_reviewer):
    preset = load_preset(preset_path(key))
    made = drawn_up(key, city_reviewer)
    named = preset_rows.part_rows(preset, YEAR)
    assert set(named) == set(PARTS)
    for key_of_part, rows in named.items():
        part = PARTS[key_of_part]
        there = part.rows(made)
        told = [{name: row[name] for name in part.carried if name in row} for row in rows]
        kept = [
            {name: getattr(row, name) for name in values} for row, values in zip(there, told, strict=True)
        ]
        assert kept == told, key_of_part
        assert all(row.source for row in there)


@pytest.mark.parametrize("key", preset_keys())
def test_what_a_source_does_not_list_is_an_open_place_and_its_part_is_not_complete(key, city_reviewer):
    preset = load_preset(preset_path(key))
    made = drawn_up(key, city_reviewer)
    gaps = list(made.gaps.all())
    assert [gap.text for gap in gaps] == [gap.text for gap in preset.practice.gaps]
    for gap in gaps:
        part = PARTS[gap.part]
        assert gap.source and gap.filled_at is None
        assert not part.complete(part.rows(made)), gap.text
    assert [problem.message for problem in actions.problems(made) if problem.path == "gaps"] == [
        f"待填：{gap.text}" for gap in gaps
    ]


@pytest.mark.parametrize("key", preset_keys())
def test_a_copy_says_all_that_the_preset_said(key, city_reviewer):
    made = drawn_up(key, city_reviewer)
    copy = actions.copy(
        source=made, issuer=made.issuer, year=YEAR, by=city_reviewer, at=NOW, title=made.title
    )
    for part in PARTS.values():
        told, kept = (
            [{name: getattr(row, name) for name in part.carried} for row in part.rows(one)]
            for one in (made, copy)
        )
        assert kept == told
    assert [gap.text for gap in copy.gaps.all()] == [gap.text for gap in made.gaps.all()]


@pytest.mark.parametrize(
    "key", [key for key in preset_keys() if key not in ("e_central_2014", "f_national_ten")]
)
def test_a_preset_names_one_deciding_step_and_who_closes_a_problem(key, city_reviewer):
    made = drawn_up(key, city_reviewer)
    steps = steps_of(made, Process.DETERMINATION)
    assert [step for step in steps if step.decides] == [deciding_step(steps)]
    assert steps_of(made, Process.CLOSING)


@pytest.mark.parametrize("key", preset_keys())
def test_a_drawn_up_preset_reads_as_a_page(key, city_reviewer, as_post):
    page = as_post(city_reviewer).get(drawn_up(key, city_reviewer).get_absolute_url())
    words = page.content.decode()
    assert page.status_code == 200
    for gap in load_preset(preset_path(key)).practice.gaps:
        assert gap.text in words
