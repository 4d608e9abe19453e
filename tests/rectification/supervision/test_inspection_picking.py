"""Cases for an inspection are picked from pages of many."""

from rectification.supervision.inspections.models import Inspection
from tests.conftest import make_case
from tests.rectification.supervision.inspection_steps import LIST


def test_looking_through_the_cases_keeps_what_was_typed_and_ticked(
    case, scheme, other_village, county, county_officer, as_post
):
    other = make_case(scheme, other_village, county, county_officer)
    typed = {"title": "写了一半", "how": "hand", "cases": [str(case.uid)]}
    look = typed | {"turn": "1", "find": other.organization.name}
    page = as_post(county_officer).post(f"{LIST}add/", look).content.decode()
    ticked = next(part for part in page.split("<td") if f'value="{case.uid}"' in part)
    assert "写了一半" in page and " checked" in ticked and str(other.uid) in page
    assert not Inspection.objects.exists()
