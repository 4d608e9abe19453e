"""Clean input for a scheme: drawing one up, its single values, and a row of each of its parts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField

from accounts.forms import DateField
from organizations.rules import Field, Level
from rectification.schemes.duty_forms import DutyRow, duty_fields
from rectification.schemes.head_rules import document_number, head_problems
from rectification.schemes.models import Scheme
from rectification.schemes.parts import HEAD_FIELDS, PartKind
from rectification.schemes.practice_terms import KEYS_OF
from rectification.schemes.terms import NATIONAL_TYPES, Rhythm, plain

FIELDS = [(field.value, field.label) for field in Field]
LEDGERS = (
    ("", "不是报送台账"),
    ("lookback", "回头看情况表"),
    ("survey_register", "摸排登记表"),
    ("work", "整顿工作台账"),
)
"""The ledgers a duty may ask for, by the keys of the reports."""


class ListField(SimpleArrayField):
    """Several short values in one line, parted by commas of any kind or 、."""

    def to_python(self, value: Any) -> list[Any]:
        """The values in their order."""
        if isinstance(value, str):
            value = value.replace("，", ",").replace("、", ",").replace(" ", "").strip(",")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """As a person writes them."""
        return "、".join(str(item) for item in value) if isinstance(value, list | tuple) else value


class LinesField(SimpleArrayField):
    """Several texts, one a line; empty lines are left out."""

    widget = forms.Textarea

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(forms.CharField(max_length=longest), delimiter="\n", **kwargs)

    def to_python(self, value: Any) -> list[Any]:
        """The lines that say something, in order."""
        if isinstance(value, str):
            value = "\n".join(line.strip() for line in value.splitlines() if line.strip())
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """One a line."""
        return "\n".join(str(item) for item in value) if isinstance(value, list | tuple) else value


class NewSchemeForm(forms.Form):
    """What a new scheme is drawn up from, and for which year."""

    source = forms.ChoiceField(label="以什么为底稿", widget=forms.RadioSelect)
    year = forms.TypedChoiceField(label="年度", coerce=int)
    title = forms.CharField(label="标题", max_length=200, required=False, help_text="不填即用底稿的标题。")

    def __init__(self, *args: Any, sources: list[tuple[str, str]], year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = sources
        self.fields["source"].initial = sources[0][0] if sources else None
        self.fields["year"].choices = [(each, f"{each}年") for each in range(year - 1, year + 3)]
        self.fields["year"].initial = year


class HeadForm(forms.ModelForm):
    """What a scheme says once."""

    survey_base_on = DateField(
        label="摸排基准日", required=False, help_text="倒排比例按这一天各领域的党组织数计算。"
    )
    satisfied_options = ListField(
        forms.CharField(max_length=20),
        label="计入满意的选项",
        help_text="用顿号或逗号隔开，如“满意、基本满意”。",
    )
    other_options = ListField(
        forms.CharField(max_length=20),
        label="其他选项",
        required=False,
        help_text="既不计入满意也不计入不满意的，如“一般、不了解”；“未选”不填也会有。",
    )
    dissatisfied_options = ListField(
        forms.CharField(max_length=20),
        label="计入不满意的选项",
        required=False,
        help_text="用顿号或逗号隔开；不填即为“不满意”。",
    )
    satisfaction_items = LinesField(
        longest=40,
        label="测评内容",
        required=False,
        help_text="一行一项，每项分别计票；不填即为“总体评价”。",
    )
    reminder_days = ListField(
        forms.IntegerField(min_value=0, max_value=365),
        label="提前提醒天数",
        help_text="用顿号或逗号隔开，如“7、3、1、0”；0 是当天。",
    )
    escalation_days = ListField(
        forms.IntegerField(min_value=1, max_value=365),
        label="逾期逐级督办（工作日）",
        required=False,
        help_text="逾期多少个工作日后督办到下一级，如“1、3、5”：第一步提醒责任单位，以后每步上一级；不填即不逐级督办。",
    )

    check_percent = forms.DecimalField(
        label="市检查比例（%）",
        required=False,
        max_digits=5,
        decimal_places=1,
        help_text="100 为全面检查；小于 100 的按比例抽取；市里不检查的不填。",
    )
    evaluation_grades = ListField(
        forms.CharField(max_length=20),
        label="年底考核等次",
        required=False,
        help_text="从好到差，用顿号或逗号隔开；不评等次的不填。",
    )
    evaluation_uses = LinesField(
        longest=40, label="考核结果运用", required=False, help_text="一行一项，如“评先评优”。"
    )

    class Meta:
        model = Scheme
        fields = HEAD_FIELDS
        help_texts = {
            "document_number": "如 岳组发〔2026〕3号，可以发文后再填；年份的括号打 [ ] 也可以，自动换成〔〕。",
            "publicity_least_days": "公示至少多少天；不公示或不限天数的填 0。",
            "pass_line": "考核验收得分不低于此分为合格。",
            "dissatisfied_veto": "不满意率超过此数，直接不合格。",
            "yellow_days": "离到期还有几天起亮黄灯。",
            "extension_cap_days": "一项任务累计最多延期的天数。",
            "tracking_months": "销号后跟踪多少个月。",
            "poll_least": "扫码测评收回的票少于此数不显示结果，防止从结果看出个人。",
        }

    def clean_document_number(self) -> str:
        """The number as GB/T 9704 writes it; other brackets and full-width digits are put right."""
        return document_number(self.cleaned_data["document_number"])

    def clean(self) -> dict[str, Any]:
        """What the rules say of single values, each at its field."""
        given = super().clean() or self.cleaned_data
        for problem in head_problems(given):
            if problem.is_error and problem.path in self.fields and problem.path not in self.errors:
                self.add_error(problem.path, problem.message)
        return given


def _plainly(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) if isinstance(value, Decimal) else value for name, value in values.items()}


def head_initial(scheme: Scheme) -> dict[str, Any]:
    """A scheme's single values as its form shows them."""
    return _plainly({name: getattr(scheme, name) for name in HEAD_FIELDS})


def row_initial(part: PartKind, row: Any) -> dict[str, Any]:
    """A row as its form shows it."""
    names = (*part.columns, "source", "starter")
    return _plainly({name: getattr(row, name) for name in names}) | {"uid": row.uid}


def formset_of(part: PartKind, *, extra: int) -> type[forms.BaseFormSet]:
    """The formset of a part: a form a row, with order and removal, which also works without scripts."""
    return forms.formset_factory(
        _row_form(part), formset=PartFormSet, extra=extra, can_delete=True, can_order=True, max_num=200
    )


class RowForm(forms.ModelForm):
    """One row of a part."""

    uid = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.initial.get("starter") and not hasattr(type(self), "groups"):
            del self.fields["starter"]  # a mark is taken off, never put on
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 6 if isinstance(field, LinesField) else 2
            if name == "starter":
                field.label = "仍标为示例值"
            if name == "source":
                field.widget.attrs["placeholder"] = "如 文件名和条目"


class PartFormSet(forms.BaseFormSet):
    """The rows of a part."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """Order and removal in plain words."""
        super().add_fields(form, index)
        form.fields["ORDER"].label = "顺序"
        form.fields["ORDER"].widget.attrs["min"] = 1
        form.fields["DELETE"].label = "删除这一条"


# Where no field means every field, what the choice is called
_FIELDS_LABEL = {
    "criteria": ("适用领域", "都不选即适用于全部领域。"),
    "contact": ("须是哪些领域的对象", "都不选即任何领域的对象都算。"),
}


def _row_form(part: PartKind) -> type[forms.ModelForm]:
    own: dict[str, Any] = {
        name: DateField(label=part.model._meta.get_field(name).verbose_name, required=name != "due_on")
        for name in part.columns
        if name.endswith("_on")
    }
    if "fields" in part.columns:
        own["fields"] = forms.MultipleChoiceField(
            label=_FIELDS_LABEL.get(part.key, ("领域", ""))[0],
            choices=FIELDS,
            widget=forms.CheckboxSelectMultiple,
            required=part.key not in _FIELDS_LABEL,
            help_text=_FIELDS_LABEL.get(part.key, ("", "选几个即合并计算。"))[1],
        )
    if "national_types" in part.columns:
        own["national_types"] = forms.TypedMultipleChoiceField(
            label="对应党内统计主要类型",
            choices=[(number, f"{number} {name}") for number, name in enumerate(NATIONAL_TYPES, 1)],
            coerce=int,
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
    for name in ("level", "owner_level"):
        if name in part.columns:
            choices = [(level.value, level.label) for level in Level if level is not Level.PROVINCE]
            own[name] = forms.ChoiceField(
                label=part.model._meta.get_field(name).verbose_name, choices=choices, initial=choices[0][0]
            )
    if "ledger" in part.columns:
        own["ledger"] = forms.ChoiceField(label="报送台账", choices=LEDGERS, required=False)
    own |= duty_fields() if part.key == "duty_rules" else _practice_fields(part)
    names = [*part.columns, "source", "starter"]
    # Declared on the base, so that they stand before what the model would make of them
    bases = (DutyRow, RowForm) if part.key == "duty_rules" else (RowForm,)
    made = forms.modelform_factory(part.model, form=type("OwnRowForm", bases, own), fields=names)
    if part.key == "duty_rules":
        made.in_plain_words()
    return made


def _practice_fields(part: PartKind) -> dict[str, Any]:
    """The fields of what a place's practice says: lists by the line, keys by their words."""
    own: dict[str, Any] = {}
    if part.key in KEYS_OF:
        choices = list(KEYS_OF[part.key].items())
        # An empty key is a choice too (其他规定)
        own["key"] = forms.ChoiceField(label="类别", choices=choices, required="" not in KEYS_OF[part.key])
    for name, label, longest in (("questions", "问题", 100), ("types", "类型", 60)):
        if name in part.columns:
            own[name] = LinesField(longest=longest, label=label, required=False, help_text="一行一项。")
    if "criterion" in part.columns:
        own["criterion"] = forms.IntegerField(
            label="情形序号", min_value=1, required=False, help_text="对应第几种情形；都适用的不填。"
        )
    if part.key == "inspection_rules":
        rhythms = [("", "不定"), *((one.value, one.label) for one in Rhythm if one != Rhythm.WITHIN)]
        own["rhythm"] = forms.ChoiceField(label="频次", choices=rhythms, required=False)
    if part.key == "targets":
        for name, label in (("least", "不少于"), ("most", "不多于")):
            own[name] = forms.IntegerField(label=label, min_value=0, required=False, help_text="可以不填。")
    return own
