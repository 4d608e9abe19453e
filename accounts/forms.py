"""Clean input for accounts, and the way every form of the site is drawn."""

import re
import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates

from accounts import drawn_field, drawn_select, password_rules
from accounts.models import User


class Renderer(DjangoTemplates):
    """Fields drawn by our own component, so that label, help and error stand the same everywhere."""

    form_template_name = "components/form_fields.html"
    field_template_name = "components/field.html"

    def get_template(self, template_name: str) -> Any:
        """Our components come from the project's templates, widgets from Django's own."""
        if template_name.startswith("components/"):
            from django.template.loader import get_template

            return get_template(template_name)
        return super().get_template(template_name)

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """A select, a plain input and the field around it are drawn without their templates."""
        if template_name == drawn_select.SELECT:
            return drawn_select.drawn(context["widget"])
        if template_name in drawn_field.INPUTS:
            return drawn_field.an_input(context["widget"])
        if template_name == drawn_field.TEXTAREA:
            return drawn_field.a_textarea(context["widget"])
        if template_name == drawn_field.FIELD and not context["field"].use_fieldset:
            return drawn_field.a_field(context["field"])
        return super().render(template_name, context, request)


class DateInput(forms.DateInput):
    """A date typed or picked; the picker is put beside it by app.js."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"data-date": "", "autocomplete": "off", "placeholder": "如 2025-3-26"} | (attrs or {})
        )

    def format_value(self, value: Any) -> str:
        """As papers write it: 2025年3月26日; what was typed wrong stays as typed."""
        return f"{value.year}年{value.month}月{value.day}日" if isinstance(value, date) else (value or "")


YEARS = range(1900, 2101)


class DateField(forms.DateField):
    """A day, typed as 2025-3-26, 2025.3.26, 2025/3/26, 20250326 or 2025年3月26日, full-width digits too.

    Years nobody can mean (0206, 9999) are slips of the hand; from the calendar's last day nothing can be counted on.
    """

    widget = DateInput
    default_error_messages = {
        "invalid": "请填写日期，如 2025-3-26 或 2025年3月26日",
        "year": f"请核对年份，应在 {YEARS[0]} 年到 {YEARS[-1]} 年之间",
    }

    def to_python(self, value: Any) -> date | None:
        """The day; None when left empty."""
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        text = unicodedata.normalize("NFKC", str(value)).strip()
        match = re.fullmatch(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?", text)
        match = match or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
        try:
            day = date(*map(int, match.groups())) if match else self._refuse("invalid")
        except ValueError:
            return self._refuse("invalid")
        return day if day.year in YEARS else self._refuse("year")

    def _refuse(self, code: str) -> date:
        raise ValidationError(self.error_messages[code], code=code)


class SignInForm(forms.Form):
    """User name and password."""

    username = forms.CharField(
        label="用户名",
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}
        ),
    )
    password = forms.CharField(
        label="密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeInput(forms.TextInput):
    """A code is not shown again: a wrong one is no use, and a recovery code is a secret."""

    def format_value(self, value: Any) -> str:
        """Always empty."""
        return ""


class CodeForm(forms.Form):
    """A code of the authenticator, or a recovery code in its place."""

    code = forms.CharField(
        label="动态口令",
        max_length=20,
        widget=CodeInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "none"}
        ),
    )


class PasswordForm(forms.Form):
    """The owner's change of password."""

    current = forms.CharField(
        label="当前密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label="新密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再次输入新密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["new"].help_text = password_rules.in_words()

    def clean_current(self) -> str:
        """It must be the password in force."""
        current = self.cleaned_data["current"]
        if not self.user.check_password(current):
            raise ValidationError("当前密码不正确")
        return current

    def clean_new(self) -> str:
        """It must keep the site's rules and differ from the old one."""
        new = self.cleaned_data["new"]
        password_validation.validate_password(new, self.user)
        if new == self.cleaned_data.get("current"):
            raise ValidationError("新密码不能与当前密码相同")
        return new

    def clean(self) -> dict[str, Any]:
        """Both entries must agree."""
        data = super().clean() or self.cleaned_data
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", "两次输入的新密码不一致")
        return data


class ProfileForm(forms.ModelForm):
    """What a person may change of the own account."""

    class Meta:
        model = User
        fields = ["phone", "email"]
        help_texts = {"email": "填写后，提醒和通知同时发到邮箱。"}


class UserForm(forms.ModelForm):
    """An account, as the system administrator keeps it."""

    class Meta:
        model = User
        fields = ["username", "name", "phone", "email"]
        help_texts = {"username": "登录时使用，建立后不再修改。字母、数字、点、横线，如 zhangsan。"}

    def __init__(self, *args: Any, phone: bool = True, **kwargs: Any) -> None:
        """phone: whether the telephone number is among the fields; without it it stays as it is."""
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["username"]
        if not phone:
            del self.fields["phone"]

    def clean_username(self) -> str:
        """Plain characters, so that it can be typed on any keyboard."""
        username = self.cleaned_data["username"].strip().lower()
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{2,39}", username):
            raise ValidationError("用户名为 3—40 个小写字母、数字、点、横线，以字母或数字开头")
        return username
