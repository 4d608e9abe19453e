"""The steps a township records when it submits its scores: who decided, when, on which paper, with what opinion."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from accounts.forms import DateField
from rectification.schemes.models import ChainStep, StepMode
from rectification.survey.note_models import SheetStep
from rectification.survey.sheet_step_rules import StepEntry


class StepsForm(forms.Form):
    """A group of fields for each step of the determination below the holder; none where the scheme has none."""

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        steps: Sequence[ChainStep],
        standing: Mapping[int, SheetStep],
        body: str,
    ) -> None:
        super().__init__(data, files)
        self.steps = steps
        for step in steps:
            before, key = standing.get(step.order), f"s{step.order}"
            if step.mode == StepMode.RECORD:
                self.fields[f"{key}-body"] = forms.CharField(
                    label="决定机关或会议",
                    max_length=100,
                    required=False,
                    initial=before.body if before else f"{body}会议",
                )
                self.fields[f"{key}-decided_on"] = DateField(
                    label="日期", required=False, initial=before.decided_on if before else None
                )
                self.fields[f"{key}-document"] = forms.CharField(
                    label="会议纪要号或文号",
                    max_length=60,
                    required=False,
                    initial=before.document if before else "",
                )
                self.fields[f"{key}-scan"] = forms.FileField(
                    label="扫描件", required=False, allow_empty_file=True, help_text="可不传。"
                )
            self.fields[f"{key}-opinion"] = forms.CharField(
                label="意见",
                max_length=1000,
                required=False,
                initial=before.opinion if before else "",
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def groups(self) -> list[tuple[ChainStep, list[Any]]]:
        """Each step with its fields."""
        names = ("body", "decided_on", "document", "opinion", "scan")
        return [
            (
                step,
                [self[f"s{step.order}-{name}"] for name in names if f"s{step.order}-{name}" in self.fields],
            )
            for step in self.steps
        ]

    def entries(self) -> list[StepEntry]:
        """What was written down, step by step."""
        data = self.cleaned_data
        return [
            StepEntry(
                step.order,
                body=data.get(f"s{step.order}-body", ""),
                decided_on=data.get(f"s{step.order}-decided_on"),
                document=data.get(f"s{step.order}-document", ""),
                opinion=data.get(f"s{step.order}-opinion", ""),
                scan=data.get(f"s{step.order}-scan"),
            )
            for step in self.steps
        ]
