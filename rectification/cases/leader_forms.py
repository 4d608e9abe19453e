"""The lists of leaders: one, many at once, put right, ended."""

from typing import Any

from django import forms

from accounts.forms import DateField
from organizations.models import Organization
from rectification.cases.leader_models import ContactLeader
from rectification.cases.leader_rules import COLUMNS
from rectification.schemes.models import SchemeItem


class LeaderForm(forms.ModelForm):
    """A leader on a list."""

    from_on = DateField(label="任职起", help_text="现任职务自何日起；应到点的次数从安排到对象之日算。")

    class Meta:
        model = ContactLeader
        fields = ["name", "title", "circle", "liaison", "from_on", "exempt_reason"]
        help_texts = {
            "title": "如：县委常委、政法委书记",
            "liaison": "选填。工作提示发给联络员，由其代为登记到点指导；领导本人不用登录。",
            "exempt_reason": "确因工作需要不安排的，写明原因；安排了对象的不用填。",
        }

    def __init__(self, *args: Any, circles: list[SchemeItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["circle"] = circle_field(circles)
        if not self.instance.pk:
            del self.fields["exempt_reason"]
            if len(circles) == 1:
                self.fields["circle"].initial = circles[0].pk


def circle_field(circles: list[SchemeItem]) -> forms.TypedChoiceField:
    """The scheme's circles, each with its number."""
    by_uid = {str(one.uid): one for one in circles}

    def read(value: str) -> SchemeItem:
        return by_uid[value]

    field = forms.TypedChoiceField(
        label="应挂点的范围",
        choices=[("", "请选择"), *((str(one.uid), f"{at}. {one.text}") for at, one in enumerate(circles, 1))],
        coerce=read,
    )
    return field


class ManyLeadersForm(forms.Form):
    """Many leaders at once: a workbook, or rows pasted from a sheet."""

    unit = forms.TypedChoiceField(label="登记到哪个单位的名单", coerce=str)
    text = forms.CharField(
        label="从表格粘贴",
        required=False,
        max_length=60000,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
        help_text=f"在 Excel 里选中几列复制，粘贴到这里，每人一行，列的顺序：{'、'.join(COLUMNS)}；后两列可以空着。",
    )
    file = forms.FileField(
        label="或上传 Excel 文件（.xlsx）",
        required=False,
        help_text="第一张表，有“姓名”“单位及职务”表头。上传后先核对新增和改动，确认才写入。",
    )
    circle = forms.TypedChoiceField(label="没有写范围序号的，列入")
    from_on = DateField(label="任职起")

    def __init__(
        self, *args: Any, units: list[Organization], circles: list[SchemeItem], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(str(unit.uid), str(unit)) for unit in units]
        self.fields["circle"] = circle_field(circles)
        self.fields["circle"].label = "没有写范围序号的，列入"

    def clean(self) -> dict[str, Any]:
        """One of the two is given."""
        given = super().clean()
        if bool(given.get("text", "").strip()) == bool(given.get("file")):
            self.add_error("text", "请粘贴名单或上传文件，两样选一样")
        return given


class EndLeaderForm(forms.Form):
    """A leader leaves office."""

    to_on = DateField(label="离任日期")
