"""The components every form is made of."""

from types import SimpleNamespace

from django import forms
from django.forms.renderers import DjangoTemplates
from django.template import Context, Template
from django.template.loader import render_to_string

from accounts.forms import DateField


class PlanForm(forms.Form):
    """A form with one of each."""

    goal = forms.CharField(label="目标", help_text="一句话")
    due_on = DateField(label="时限")
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲类"), ("b", "乙类")])
    agreed = forms.BooleanField(label="同意", required=False)
    parts = forms.MultipleChoiceField(
        label="部分", choices=[("1", "一"), ("2", "二")], widget=forms.CheckboxSelectMultiple, required=False
    )


def test_an_error_stands_beside_its_field_and_is_announced_with_it():
    html = PlanForm({"due_on": "明天", "kind": "a"})["goal"].as_field_group()
    assert '<label class="form-label" for="id_goal">目标' in html
    assert 'aria-describedby="id_goal_helptext id_goal_error"' in html
    assert 'id="id_goal_error"' in html and 'id="id_goal_helptext"' in html
    assert 'aria-invalid="true"' in html


def test_several_boxes_share_a_legend_and_one_box_stands_before_its_words():
    form = PlanForm()
    assert '<legend class="form-label">部分' in form["parts"].as_field_group()
    assert 'class="form-check-label">同意' in form["agreed"].as_field_group()


def test_the_errors_on_top_lead_to_their_fields():
    form = PlanForm({"goal": "修路", "due_on": "明天", "kind": "a"})
    html = render_to_string("components/form_errors.html", {"form": form})
    assert '<a href="#id_due_on">时限</a>' in html
    assert "目标" not in html


def test_a_stale_save_shows_both_versions_of_what_differs():
    current = SimpleNamespace(goal="修桥", due_on=None, kind="b", get_kind_display=lambda: "乙类")
    form = PlanForm({"goal": "修路", "due_on": "2026-5-1", "kind": "b"})
    form.is_valid()
    html = render_to_string("components/stale.html", {"form": form, "stale": current})
    assert "修桥" in html and "修路" in html and "2026年5月1日" in html
    assert "乙类" not in html
    assert render_to_string("components/stale.html", {"form": form}).strip() == ""


def test_a_form_carries_its_key_and_the_version_it_was_opened_with():
    html = Template("{% submission_key 7 %}").render(Context())
    assert 'name="_key"' in html
    assert '<input type="hidden" name="_version" value="7">' in html
    assert "_version" not in Template("{% submission_key %}").render(Context())


def test_pages_keep_the_filters(rf):
    page = SimpleNamespace(
        number=2,
        has_previous=True,
        has_next=True,
        previous_page_number=1,
        next_page_number=3,
        paginator=SimpleNamespace(num_pages=5, count=222),
    )
    html = render_to_string("components/pagination.html", {"page": page}, rf.get("/users/?q=zhang&page=2"))
    assert "?q=zhang&amp;page=3" in html
    assert "共 5 页（222 条）" in html


def test_hostile_words_stay_words_in_every_component():
    hostile = "<script>alert(1)</script>"
    for name, values in {
        "status": {"text": hostile, "tone": hostile},
        "empty": {"text": hostile, "hint": hostile, "url": hostile, "action": hostile},
        "progress": {"percent": hostile, "label": hostile},
        "history": {"rows": [{"title": hostile, "who": hostile, "reason": hostile, "changes": []}]},
    }.items():
        assert "<script" not in render_to_string(f"components/{name}.html", values)


def test_a_select_is_drawn_as_djangos_templates_would():
    class Asked(forms.Form):
        kind = forms.ChoiceField(choices=[("", "全部"), ("<", "'\""), ("组", [("1", "一"), ("2", "二")])])
        parts = forms.MultipleChoiceField(
            choices=[("1", "一")],
            widget=forms.SelectMultiple({"class": "long", "data-on": True, "data-n": 3}),
        )

    data = {"kind": "2", "parts": ["1"]}
    ours, theirs = Asked(data), Asked(data, renderer=DjangoTemplates())
    assert [str(field) for field in ours] == [str(field) for field in theirs]
