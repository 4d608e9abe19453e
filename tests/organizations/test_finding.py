"""One of a city's units in a form: found by words where there are many, a list while there are few."""

from django import forms

from accounts import finding
from organizations.models import Organization, OrganizationQuerySet


def unit_form(data):
    """A form that asks for a unit."""
    form = forms.Form(data)
    form.fields["unit"] = finding.FoundField(
        Organization.objects.all(), matching=OrganizationQuerySet.matching, words_of=lambda unit: unit.name
    )
    return form


def test_words_that_find_several_offer_them_and_the_choice_stands_with_its_words(
    county, other_county, monkeypatch
):
    monkeypatch.setattr(finding, "FEW", 0)
    several = unit_form({"unit_words": "县"})
    assert not several.is_valid()
    assert all(str(unit.uid) in str(several["unit"]) for unit in (county, other_county))
    chosen = {"unit": str(county.uid), "unit_words": "县", "unit_said": "县"}
    picked = unit_form(chosen)
    assert picked.is_valid() and picked.cleaned_data["unit"] == county
    renamed = unit_form(chosen | {"unit_words": other_county.name})
    assert renamed.is_valid() and renamed.cleaned_data["unit"] == other_county
    assert not unit_form({"unit_words": "没有这个地方"}).is_valid()


def test_few_units_are_a_list(county):
    assert f'<option value="{county.uid}">' in str(unit_form({})["unit"])
