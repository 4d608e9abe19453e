"""Clean input for the steps on the list: an opinion, a recorded decision, a return with what it is about."""

from typing import Any

from django import forms

from rectification.survey.forms import DecisionForm, OpinionForm, ReturnForm
from rectification.survey.joint_forms import scan_field

ITEM = "item-"
"""Prefix of the boxes for an opinion on one candidate, drawn in the table of candidates."""


class StepOpinionForm(OpinionForm):
    """办理: an opinion, and the paper if there is one."""

    upload = scan_field()


class StepDecisionForm(DecisionForm):
    """登记决定: body, date, number, opinion, and the scan of the minutes or paper."""

    upload = scan_field("会议纪要（文件）扫描件")


class StepReturnForm(ReturnForm):
    """Why the list goes back, and which candidates it is about."""

    about = forms.MultipleChoiceField(
        label="涉及的对象",
        required=False,
        help_text="不选则为整个名单。",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, rows: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [(row["uid"], row["name"]) for row in rows]


def items_of(data: Any) -> dict[str, str]:
    """The opinions typed beside single candidates, by uid."""
    return {key[len(ITEM) :]: words[:1000] for key, words in data.items() if key.startswith(ITEM)}
