"""A scheme is drawn up from a preset by its issuer's officer and put in force once."""

import re
from datetime import date

import pytest
from django.core.management import call_command

from accounts.errors import Invalid, Refused
from rectification.schemes import actions
from rectification.schemes.models import Phase, Scheme, SchemeState
from rectification.schemes.parts import PARTS
from rectification.schemes.preset_files import load_preset, preset_keys, preset_path
from tests.cast import NOW, YEAR

pytestmark = pytest.mark.django_db


def draft(by, year: int = YEAR, **more) -> Scheme:
    return actions.create_from_preset(
        preset_key="a_yueyang_2015", issuer=by.organization, year=year, by=by, at=NOW, **more
    )


@pytest.fixture
def drawn_up(city_reviewer) -> Scheme:
    return draft(city_reviewer)


def test_load_presets_prints_key_and_title_of_each(capsys):
    call_command("load_presets")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[0] for line in lines] == preset_keys()
    assert all("年度" in line.split("\t")[1] for line in lines)


def test_every_copied_item_has_a_source_or_a_starter_mark(drawn_up):
    rows = [row for part in PARTS.values() for row in part.rows(drawn_up)]
    assert len(rows) > 50
    assert [row for row in rows if not row.source and not row.starter] == []
    assert not any("S0" in row.source for row in rows)


@pytest.mark.parametrize("key", preset_keys())
def test_every_preset_becomes_a_scheme_of_its_level(key, city_reviewer, county_officer, township_officer):
    level = load_preset(preset_path(key)).issuer_level
    by = {"city": city_reviewer, "county": county_officer, "township": township_officer}[level]
    made = actions.create_from_preset(preset_key=key, issuer=by.organization, year=YEAR, by=by, at=NOW)
    rows = [row for part in PARTS.values() for row in part.rows(made)]
    assert rows
    assert [row for row in rows if not row.source and not row.starter] == []
    assert not any(re.search(r"\bS[0-9]\b", row.source) for row in rows)


def test_the_presets_days_fall_into_the_schemes_year(drawn_up):
    assert drawn_up.title.startswith(f"{YEAR}年度")
    assert drawn_up.survey_base_on == date(YEAR, 3, 1)
    assert [phase.starts_on for phase in drawn_up.phases.all()] == [
        date(YEAR, 3, 1),
        date(YEAR, 4, 1),
        date(YEAR, 11, 1),
    ]
    assert drawn_up.duty_rules.get(key="plan").due_on == date(YEAR, 4, 30)


def test_starter_values_stay_marked_until_a_person_replaces_them(drawn_up, city_reviewer):
    part = PARTS["criteria"]
    rows = [{"uid": row.uid, "points": row.points, "text": row.text} for row in part.rows(drawn_up)]
    rows[0]["points"] += 2
    actions.edit_part(
        scheme_id=drawn_up.pk, version=None, part="criteria", rows=rows, by=city_reviewer, at=NOW
    )
    assert [row.starter for row in part.rows(drawn_up)] == [False] + [True] * 9
    values = {"pass_line": 85}
    actions.edit_head(scheme_id=drawn_up.pk, version=None, values=values, by=city_reviewer, at=NOW)
    drawn_up.refresh_from_db()
    assert "pass_line" not in drawn_up.starter_values
    assert "basic_line" in drawn_up.starter_values


def test_only_the_issuers_own_officer_draws_up(city, county, county_officer, township_officer):
    with pytest.raises(Refused, match="由制发单位"):
        actions.create_from_preset(
            preset_key="a_yueyang_2015", issuer=city, year=YEAR, by=county_officer, at=NOW
        )
    assert draft(county_officer).issuer == county
    assert draft(township_officer).issuer == township_officer.organization


def test_an_unknown_preset_is_named(city, city_reviewer):
    with pytest.raises(Refused, match="没有这个样本"):
        actions.create_from_preset(preset_key="../etc", issuer=city, year=YEAR, by=city_reviewer, at=NOW)


def test_rows_are_added_changed_removed_and_ordered(drawn_up, city_reviewer):
    part = PARTS["phases"]
    first, second, third = part.rows(drawn_up)
    rows = [
        {"uid": second.uid, "name": "先做这个"},
        {
            "name": "新阶段",
            "stage": "consolidation",
            "starts_on": date(YEAR, 5, 1),
            "ends_on": date(YEAR, 6, 1),
        },
        {"uid": first.uid},
    ]
    actions.edit_part(scheme_id=drawn_up.pk, version=None, part="phases", rows=rows, by=city_reviewer, at=NOW)
    after = part.rows(drawn_up)
    assert [(row.order, row.name) for row in after] == [(1, "先做这个"), (2, "新阶段"), (3, first.name)]
    assert not Phase.objects.filter(pk=third.pk).exists()


def test_putting_in_force_names_every_problem_and_its_field(drawn_up, city_reviewer):
    phase = drawn_up.phases.first()
    Phase.objects.filter(pk=phase.pk).update(ends_on=date(YEAR, 2, 1))
    drawn_up.quotas.all().delete()
    with pytest.raises(Invalid) as refused:
        actions.put_in_force(scheme_id=drawn_up.pk, by=city_reviewer, at=NOW)
    assert set(refused.value.errors) == {"phases.0.ends_on", "quotas"}
    assert "早于开始日期" in refused.value.errors["phases.0.ends_on"][0]
    drawn_up.refresh_from_db()
    assert drawn_up.state == SchemeState.DRAFT


def test_putting_in_force_twice_is_refused(scheme, city_reviewer):
    with pytest.raises(Refused, match="方案已在执行"):
        actions.put_in_force(scheme_id=scheme.pk, by=city_reviewer, at=NOW)


def test_a_unit_has_one_scheme_in_force_a_year(scheme, city_reviewer):
    second = draft(city_reviewer)
    with pytest.raises(Refused, match="只能执行一个方案"):
        actions.put_in_force(scheme_id=second.pk, by=city_reviewer, at=NOW)
    second.refresh_from_db()
    assert second.state == SchemeState.DRAFT


def test_a_frozen_scheme_refuses_edits(scheme, city_reviewer):
    for refused in (
        lambda: actions.edit_head(
            scheme_id=scheme.pk, version=None, values={"pass_line": 1}, by=city_reviewer, at=NOW
        ),
        lambda: actions.edit_part(
            scheme_id=scheme.pk, version=None, part="quotas", rows=[], by=city_reviewer, at=NOW
        ),
    ):
        with pytest.raises(Refused, match="不能直接修改，请登记修订"):
            refused()


def test_a_copy_for_next_year_moves_the_days_and_keeps_the_rest(scheme, city, city_reviewer):
    copy = actions.copy(source=scheme, issuer=city, year=YEAR + 1, by=city_reviewer, at=NOW)
    assert copy.state == SchemeState.DRAFT
    assert copy.title == scheme.title.replace(str(YEAR), str(YEAR + 1))
    assert copy.duty_rules.get(key="plan").due_on == date(YEAR + 1, 4, 30)
    assert copy.criteria.count() == 10
    assert copy.chain.count() == scheme.chain.count()


def test_a_day_in_the_january_after_stays_in_the_january_after(scheme, city, city_reviewer):
    scheme.duty_rules.filter(key="plan").update(due_on=date(YEAR + 1, 1, 15))
    copy = actions.copy(source=scheme, issuer=city, year=YEAR + 1, by=city_reviewer, at=NOW)
    assert copy.duty_rules.get(key="plan").due_on == date(YEAR + 2, 1, 15)


def test_a_countys_copy_is_based_on_the_citys_scheme(scheme, county, county_officer):
    copy = actions.copy(source=scheme, issuer=county, year=YEAR, by=county_officer, at=NOW)
    assert copy.based_on == scheme
