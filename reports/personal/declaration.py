"""The words of the register: classes of personal data, how long they are kept, and which fields are machinery."""

from enum import StrEnum
from typing import NamedTuple


class Class(StrEnum):
    """What a field tells of a person; the telephone and what proves who somebody is are held closest."""

    IDENTITY = "身份"
    CONTACT = "联系方式"
    PROOF = "鉴别信息"
    TRACE = "登录痕迹"
    WORK = "履职情况"
    HOME = "住户"
    TEXT = "工作文字（可能提到个人）"


class Kept(NamedTuple):
    """How long: in words, and what removes it in time; "" where it stays with the files of the year."""

    words: str
    by: str = ""


ACCOUNT = Kept("账号存续期间；停用后随办理记录保存，不再用于登录和通知")
FILES = Kept("随整顿工作档案长期保存（档案管理规定）")
TRAIL = Kept("不少于三年；系统不删除审计记录")
SESSION = Kept("退出、超时或到期后当夜清除", "sessions")
ATTEMPTS = Kept("一天后当夜清除", "attempts")
KEYS = Kept("三十天后当夜清除", "submission_keys")
DRAFTS = Kept("提交即删；未提交的四百天后当夜清除", "drafts")
EXPORTS = Kept("文件七天后清除，记录长期保存", "exports")


class Entry(NamedTuple):
    """One field of personal data."""

    what: Class
    purpose: str
    kept: Kept = FILES


# Machinery by its name, the same everywhere: keys, versions, places in the tree, what work is at
TECHNICAL = frozenset(
    {
        *("id", "uid", "version", "org_path", "unit_path", "path", "filed_path", "depth", "numchild"),
        *("state", "claim", "claimed_until", "attempts", "progress", "error", "created_at", "finished_at"),
        *("again_at", "sha256", "sort_order", "order", "at"),
    }
)
