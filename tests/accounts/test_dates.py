"""Dates as people type them."""

from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import DateField


@pytest.mark.parametrize(
    "typed",
    [
        "2025-3-26",
        "2025-03-26",
        "2025年3月26日",
        "2025年03月26日",
        " 2025.3.26 ",
        "2025/3/26",
        "20250326",
        "２０２５－３－２６",
    ],
)
def test_a_date_may_be_typed_as_people_write_it(typed):
    assert DateField().clean(typed) == date(2025, 3, 26)


@pytest.mark.parametrize(
    "typed", ["2025-13-1", "2025-2-30", "3月26日", "明天", "2025-3-26x", "25-3-26", "0000-1-1"]
)
def test_what_is_no_date_is_refused_with_an_example(typed):
    with pytest.raises(ValidationError, match="2025-3-26"):
        DateField().clean(typed)


def test_a_known_date_is_shown_as_papers_write_it_and_a_wrong_one_as_typed():
    class Form(forms.Form):
        day = DateField()

    assert 'value="2025年3月6日"' in str(Form(initial={"day": date(2025, 3, 6)})["day"])
    assert 'value="明天"' in str(Form({"day": "明天"})["day"])
