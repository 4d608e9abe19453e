"""Steps a paper leaves open are offered, and join the chain at their place with one click."""

import pytest
from django.urls import reverse

from rectification.schemes import actions, chain_offers
from rectification.schemes.chain_rules import deciding_step, steps_of
from rectification.schemes.models import Process, StepMode
from rectification.schemes.preset_files import load_preset, preset_keys, preset_path
from tests.cast import NOW, YEAR
from tests.rectification.schemes.test_pages import as_sent

pytestmark = pytest.mark.django_db
COMMITTEE = "determination:县（市、区）委常委会审定"
JOINT = "determination:部门联审"
PUBLISH = "determination:在一定范围内公布"


@pytest.fixture
def draft(city, city_reviewer):
    return actions.create_from_preset(
        preset_key="a_yueyang_2015", issuer=city, year=YEAR, by=city_reviewer, at=NOW
    )


def add(client, scheme, key, **more):
    url = reverse("schemes:edit", args=[scheme.uid, "chain"])
    return client.post(url, as_sent(client, url) | {"_offer": key} | more)


def names(scheme):
    return [step.name for step in steps_of(scheme, Process.DETERMINATION)]


def test_the_optional_steps_of_the_preset_are_offered(draft):
    offers = chain_offers.offered(draft, list(draft.chain.all()))
    assert [offer.name for offer in offers] == [
        "村（社区）党组织自查",
        "党员群众评议",
        "乡镇（街道）党（工）委初定",
        "部门联审",
        "县（市、区）委常委会审定",
        "在一定范围内公布",
        "报市委组织部备案",
        # 销号审批: none of it is switched on
        "县（市、区）委组织部部务会审定",
        "县（市、区）委审定",
        "报市委组织部备案",
    ]


def test_each_joins_at_its_place_whatever_the_order_of_the_clicks(draft, city_reviewer, as_post):
    client = as_post(city_reviewer)
    for key in (PUBLISH, JOINT, COMMITTEE):
        assert add(client, draft, key).status_code == 302
    assert names(draft) == [
        "部门联审",
        "县（市、区）委组织部确定整顿对象",
        "县（市、区）委常委会审定",
        "在一定范围内公布",
    ]
    modes = [step.mode for step in steps_of(draft, Process.DETERMINATION)]
    assert modes == [StepMode.JOINT, StepMode.RECORD, StepMode.RECORD, StepMode.PUBLISH]


def test_the_standing_committee_takes_over_the_decision(draft, city_reviewer, as_post):
    add(as_post(city_reviewer), draft, COMMITTEE)
    steps = steps_of(draft, Process.DETERMINATION)
    assert [step.name for step in steps if step.decides] == ["县（市、区）委常委会审定"]
    assert deciding_step(steps).source


def test_what_was_typed_is_saved_with_it(draft, city_reviewer, as_post):
    add(as_post(city_reviewer), draft, JOINT, **{"rows-0-name": "我改的环节名"})
    assert draft.chain.filter(name="我改的环节名").exists()
    assert "部门联审" in names(draft)


def test_in_force_it_is_an_amendment_with_its_reason(scheme, city_reviewer, as_post):
    client = as_post(city_reviewer)
    assert add(client, scheme, JOINT, reason=" ").status_code == 422
    assert "部门联审" not in names(scheme)
    assert add(client, scheme, JOINT, reason="县委要求联审").status_code == 302
    assert "部门联审" in names(scheme)
    assert scheme.amendments.filter(reason="县委要求联审").exists()


def test_an_unknown_offer_adds_nothing(draft, city_reviewer, as_post):
    before = names(draft)
    add(as_post(city_reviewer), draft, "determination:没有的")
    assert names(draft) == before


def test_two_deciding_steps_are_told_at_the_field(draft, city_reviewer, as_post):
    client = as_post(city_reviewer)
    add(client, draft, COMMITTEE)
    url = reverse("schemes:edit", args=[draft.uid, "chain"])
    data = as_sent(client, url)
    step = next(n for n in range(40) if data.get(f"rows-{n}-name") == "县（市、区）委组织部确定整顿对象")
    answer = client.post(url, data | {f"rows-{step}-decides": "on"})
    assert answer.status_code == 422
    assert "认定环节只能有一个" in answer.content.decode()


@pytest.mark.parametrize("key", preset_keys())
def test_with_every_offer_taken_every_preset_still_has_one_deciding_step(key, city_reviewer):
    made = actions.create_from_preset(
        preset_key=key, issuer=city_reviewer.organization, year=YEAR, by=city_reviewer, at=NOW
    )
    columns = ("process", "name", "level", "role", "mode", "decides")
    rows = [{"uid": row.uid} | {name: getattr(row, name) for name in columns} for row in made.chain.all()]
    for offer in chain_offers.offered(made, list(made.chain.all())):
        rows = chain_offers.with_step(made, rows, offer.key)
    actions.edit_part(scheme_id=made.pk, version=None, part="chain", rows=rows, by=city_reviewer, at=NOW)
    known = [step.name for step in load_preset(preset_path(key)).chain if step.process == "determination"]
    assert names(made) == known
    assert sum(step.decides for step in steps_of(made, Process.DETERMINATION)) == 1
    assert not [one for one in actions.problems(made) if one.path.startswith("chain")]


def test_a_step_before_the_one_that_decides_does_not_take_the_decision_back(city_reviewer):
    made = actions.create_from_preset(
        preset_key="e_central_2014", issuer=city_reviewer.organization, year=YEAR, by=city_reviewer, at=NOW
    )
    rows = chain_offers.with_step(made, [], COMMITTEE)
    rows = chain_offers.with_step(made, rows, "determination:县（市、区）委组织部确定整顿对象")
    assert [(row["name"][-5:], row["decides"]) for row in rows] == [
        ("确定整顿对象"[-5:], False),
        ("常委会审定", True),
    ]
