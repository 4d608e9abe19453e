"""Every preset may be drawn up as a scheme; what it leaves to fill in holds it back from being put in force."""

import pytest

from accounts.errors import Invalid
from rectification.schemes import actions
from rectification.schemes.parts import PARTS
from rectification.schemes.preset_files import load_preset, preset_keys, preset_path
from tests.cast import NOW, YEAR

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", preset_keys())
def test_a_preset_is_drawn_up_whole_and_refused_only_for_what_it_leaves_empty(key, city_reviewer):
    preset = load_preset(preset_path(key))
    made = actions.create_from_preset(
        preset_key=key, issuer=city_reviewer.organization, year=YEAR, by=city_reviewer, at=NOW
    )
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
def test_a_drawn_up_preset_reads_as_a_page(key, city_reviewer, as_post):
    made = actions.create_from_preset(
        preset_key=key, issuer=city_reviewer.organization, year=YEAR, by=city_reviewer, at=NOW
    )
    assert as_post(city_reviewer).get(made.get_absolute_url()).status_code == 200
