"""What a password must be, by the profile in force (settings.SIGN_IN_PROFILE); Django's validators call these."""

import unicodedata
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

CLASSES = ("大写字母", "小写字母", "数字", "汉字", "符号")
REMINDED = timedelta(days=7)


def classes_in(password: str) -> set[str]:
    """The kinds of characters in a password, of CLASSES."""
    return {_class(sign) for sign in unicodedata.normalize("NFKC", password)}


def _class(sign: str) -> str:
    if sign.isdecimal():
        return "数字"
    if sign.isupper():
        return "大写字母"
    if sign.islower():
        return "小写字母"
    return "汉字" if sign.isalpha() else "符号"


class Classes:
    """At least so many kinds of characters (GB/T 22239—2019 8.1.4.1 a: 身份鉴别信息具有复杂度要求)."""

    def __init__(self, least: int = 3) -> None:
        self.least = least

    def validate(self, password: str, _user: Any = None) -> None:
        """Refuse a password of too few kinds."""
        if len(classes_in(password)) < self.least:
            raise ValidationError(f"新密码须含{'、'.join(CLASSES)}中的至少 {self.least} 类")

    def get_help_text(self) -> str:
        """The rule in words."""
        return f"须含{'、'.join(CLASSES)}中的至少 {self.least} 类"


class NotBefore:
    """None of the last few of the same person."""

    def __init__(self, last: int = 5) -> None:
        self.last = last

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse a password that was in use."""
        if user is None or user.pk is None:
            return
        former = user.past_passwords.values_list("password", flat=True)[: self.last]
        if any(check_password(password, each) for each in former):
            raise ValidationError(f"新密码不能与最近 {self.last} 次用过的密码相同")

    def get_help_text(self) -> str:
        """The rule in words."""
        return f"不能与最近 {self.last} 次用过的密码相同"


class NotTheSite:
    """No password made of the words everybody here knows (ASVS 5.0, 6.2.11)."""

    WORDS = ("zhengdun", "ruanruohuansan", "dangjian", "zuzhibu", "password", "mima", "admin")

    def validate(self, password: str, _user: Any = None) -> None:
        """Refuse a password that is little more than such a word."""
        rest = password.lower()
        for word in self.WORDS:
            rest = rest.replace(word, "")
        # Figures and signs around such a word are the first thing anybody tries
        if len(rest) < len(password) and sum(sign.isalpha() for sign in rest) < 4:
            raise ValidationError("密码过于常见，不能主要由本系统、本单位的常用词组成")

    def get_help_text(self) -> str:
        """The rule in words."""
        return "不能主要由本系统、本单位的常用词组成"


# What Django's own validators ask, in the words of this site
SHORTER = {
    "UserAttributeSimilarityValidator": "不与用户名、姓名相近",
    "CommonPasswordValidator": "不是常见密码",
}


def in_words() -> str:
    """The rules in force on one line, for the page where a password is chosen."""
    rules = password_validation.get_default_password_validators()
    return "；".join(_words(rule) for rule in rules) + "。"


def _words(rule: Any) -> str:
    if isinstance(rule, password_validation.MinimumLengthValidator):
        return f"至少 {rule.min_length} 个字符"
    return SHORTER.get(type(rule).__name__) or rule.get_help_text()


def expires_at(user: Any) -> datetime | None:
    """When the password in force must be changed; None where the profile asks for no rotation."""
    if settings.PASSWORD_MAX_AGE is None or user.is_demo:
        return None
    chosen: datetime | None = user.past_passwords.values_list("at", flat=True).first()
    since: datetime = chosen or user.created_at
    return since + settings.PASSWORD_MAX_AGE
