"""Clean input about posts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.forms import DateField
from accounts.models import User
from accounts.roles import RIGHTS, Role, given_by
from organizations.appointment_rules import rights_of
from organizations.models import Appointment, Organization
from organizations.outline import places

SHOWN = 10


class AppointmentForm(forms.Form):
    """A new post, of a role the acting administrator gives.

    The unit is named in words; when several fit, they come back as a choice.
    """

    user = forms.CharField(
        label="用户名", max_length=40, help_text="登录用的用户名；没有账号的，请先新建账号。"
    )
    role = forms.ChoiceField(label="岗位职责", choices=[])
    unit = forms.CharField(
        label="所在单位",
        max_length=100,
        help_text="填名称、拼音首字母或代码，如“柳溪镇”；可写“县名 镇名”缩小范围。",
    )
    choice = forms.ChoiceField(label="请选定单位", required=False, widget=forms.RadioSelect)
    department = forms.CharField(
        label="联审部门",
        max_length=60,
        required=False,
        help_text="岗位职责为“联审部门联络员”的必填，写部门名称，如“县信访局”；同一部门写法要一致。其他岗位不填。",
        widget=forms.TextInput(attrs={"list": "departments", "autocomplete": "off"}),
    )
    title = forms.CharField(
        label="职务", max_length=60, required=False, help_text="如“组织委员”；不填则显示岗位职责。"
    )
    from_on = DateField(label="任职起", initial=timezone.localdate)
    to_on = DateField(label="任职止", required=False, help_text="没有期限的不填。止日当天仍可办理。")

    def __init__(self, *args: Any, post: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.post = post
        roles = given_by(post.role)
        self.fields["role"].choices = [("", "请选择"), *((role.value, role.label) for role in roles)]
        if Role.DEPARTMENT not in roles:
            del self.fields["department"]
            self.fields["user"].help_text = "登录用的用户名；没有账号的，请先由系统管理员新建。"
        self.found = self._found(str(self.data.get("unit", "")).strip())
        if len(self.found) > 1:
            where = places(self.found)
            self.fields["choice"].choices = [
                (str(unit.uid), f"{unit.name}（{where[unit.path] or '最上级'}）") for unit in self.found
            ]
        else:
            del self.fields["choice"]

    def _found(self, words: str) -> list[Organization]:
        units = Organization.objects.visible_to(self.post).active()
        if not words:
            return []
        exact = list(units.filter(code=words)) or list(units.filter(name=words)[:SHOWN])
        return exact or list(units.matching(words).order_by("depth", "path")[: SHOWN + 1])

    def clean_user(self) -> User:
        """An account that may sign in."""
        user = (
            User.objects.visible_to(self.post)
            .filter(username=self.cleaned_data["user"].strip().lower())
            .first()
        )
        if user is None:
            raise ValidationError("没有这个账号")
        if not user.is_active:
            raise ValidationError("这个账号已停用，请先启用")
        return user

    def clean_role(self) -> Role:
        """As the roles of the site."""
        return Role(self.cleaned_data["role"])

    def clean(self) -> dict[str, Any]:
        """Exactly one unit."""
        data = super().clean() or self.cleaned_data
        if not data.get("unit"):
            return data
        chosen = [unit for unit in self.found if str(unit.uid) == data.get("choice")] or self.found
        if len(self.found) > SHOWN:
            self.add_error("unit", "符合的单位太多，请写得更具体些")
        elif not chosen:
            self.add_error("unit", "没有找到这个单位")
        elif len(chosen) > 1:
            self.add_error("unit", "有几个单位都符合，请在下面选定一个")
        else:
            data["organization"] = chosen[0]
        return data


class EndForm(forms.Form):
    """The last day of a post."""

    last_on = DateField(
        label="任职止",
        initial=timezone.localdate,
        help_text="当天仍可办理，第二天起失效。要立即停止登录，请停用账号。",
    )


class RightsForm(forms.Form):
    """What a post may do beyond its role."""

    rights = forms.MultipleChoiceField(
        label="专项权限",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="报送解锁：对本单位已接收、时限已过的台账，可以写明理由、定最后日期，让报送单位重报一次。",
    )

    def __init__(self, *args: Any, role: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(RIGHTS)
        self.fields["rights"].choices = [(right.value, names[right.value]) for right in rights_of(role)]
