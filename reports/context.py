"""What every page shows around its content: where to go, which year, how far the year is, what came in."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils import timezone

from accounts.addresses import plain_page
from accounts.models import Message
from accounts.policy import opens
from accounts.roles import OFFICERS
from accounts.together import ask, column, number, plain
from accounts.year import working_year
from rectification.reviews.models import Review
from rectification.schemes.models import Phase, Scheme
from reports import saved_views
from reports.view_models import SavedView

QUEUE = "reports:queue"
# In the order of the year: route, title, icon. Who sees an entry is the route's own policy.
YEAR = (
    ("reports:workbench", "工作台", "home"),
    (QUEUE, "待我审批", "rubber-stamp"),
    ("schemes:list", "年度方案", "book"),
    ("lookback:list", "回头看", "history"),
    ("survey:list", "摸排认定", "list-check"),
    ("survey:joint_reviews", "部门联审", "list-check"),
    ("cases:list", "集中整顿", "folder"),
    ("remediation:diary", "工作纪实", "pencil"),
    ("remediation:reports", "进展报告", "book"),
    ("supervision:home", "督导通报", "eye"),
    ("acceptance:list", "考核验收", "clipboard-check"),
    ("reports:ledgers", "台账报表", "table"),
    ("organizations:tree", "党组织", "hierarchy-2"),
    ("duties:list", "时限任务", "calendar-due"),
)
ADMINISTRATION = (
    ("accounts:users", "账号", "users"),
    ("organizations:appointments", "岗位任职", "id-badge-2"),
    ("reports:audit", "审计", "shield-check"),
    ("reports:personal_data", "个人信息", "users"),
)
PHASE = ("phases__name", "phases__starts_on", "phases__ends_on")
# Rooms whose pages belong under another room's entry
PAGES_UNDER = {
    "supervision:case": "cases:list",
    "reports:notice_paper": "supervision:home",
    "reports:problems": "cases:list",
    **dict.fromkeys(("reports:audit_event", "reports:audit_seals"), "reports:audit"),
    **dict.fromkeys(
        ("reports:search", "reports:years", "reports:views", "reports:view"), "reports:workbench"
    ),
}
UNDER = {"remediation": "cases:list", "filings": "reports:ledgers"}


@dataclass(frozen=True)
class Entry:
    """One line of the rail."""

    title: str
    url: str
    icon: str
    active: bool
    count: int = 0


@dataclass(frozen=True)
class PhaseView:
    """A phase as the rail shows it: state is past, now or next; words say how many days are left or to go.

    key: the one to show where there is room for one only.
    """

    name: str
    starts_on: date
    ends_on: date
    state: str
    words: str
    key: bool = False

    @classmethod
    def of(cls, phase: Phase, today: date) -> "PhaseView":
        """The phase seen from a day."""
        if today > phase.ends_on:
            state, words = "past", "已结束"
        elif today < phase.starts_on:
            state, words = "next", f"{(phase.starts_on - today).days}天后开始"
        else:
            left = (phase.ends_on - today).days
            state, words = "now", f"还剩{left}天" if left else "今天截止"
        return cls(phase.name, phase.starts_on, phase.ends_on, state, words)


def with_key(phases: list[PhaseView]) -> list[PhaseView]:
    """Mark what a phone shows: the phases that run now, else the next one, else the last."""
    if not phases:
        return []
    states = [phase.state for phase in phases]
    if "now" in states:
        keys = {number for number, state in enumerate(states) if state == "now"}
    else:
        keys = {states.index("next") if "next" in states else len(phases) - 1}
    return [replace(phase, key=number in keys) for number, phase in enumerate(phases)]


class Frame:
    """The frame of one page; each part is asked for only when a template shows it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = getattr(request, "user", None)
        self.post = getattr(request, "post", None)
        self.posts = getattr(request, "posts", [])

    @cached_property
    def year(self) -> int:
        """The year in hand."""
        return working_year(self.request)

    @cached_property
    def years(self) -> list[int]:
        """Years that have schemes the post may see, newest first, always with the one in hand."""
        known = set(self._facts[2])  # nothing where the post reads no scheme
        return sorted(known | {self.year}, reverse=True) if known else []

    @cached_property
    def phases(self) -> list[PhaseView]:
        """The phases of the scheme the post's unit works by in this year."""
        if self.post is None or not self.years:
            return []
        today = timezone.localdate()
        return with_key([PhaseView.of(phase, today) for phase in self._facts[3]])

    @cached_property
    def unread(self) -> int:
        """Messages not opened yet."""
        return self._facts[0]

    @cached_property
    def _waiting(self) -> int:
        """What waits for this post's decision."""
        return self._facts[1]

    @cached_property
    def _facts(self) -> tuple[int, int, list[int], list[Phase]]:
        """Unread messages, what waits for the post, years with schemes, the phases of the year in hand: one question
        to the database for all."""
        if self.user is None or not self.user.is_authenticated:
            return 0, 0, [], []
        unread = number(Message.objects.of(self.user).unread())
        if self.post is None:
            return ask(unread)[0], 0, [], []
        years = Scheme.objects.visible_to(self.post).order_by().values("year").distinct()
        count, waiting, known, days = ask(
            unread, number(Review.objects.waiting_for(self.post)), column(years), plain(self._asked_phases)
        )
        return count, waiting, known, _phases(days)

    @property
    def _asked_phases(self) -> QuerySet[Scheme]:
        """Of every scheme in force down to the unit; the last one's are those it works by (Scheme.governing)."""
        schemes = Scheme.objects.in_force().on_the_way_to(self.post.organization, self.year)
        return schemes.order_by("issuer__path", "phases__order").values("issuer__path", *PHASE)

    @cached_property
    def nav(self) -> list[Entry]:
        """The rail in the order of the year."""
        return self._entries(YEAR)

    @cached_property
    def administration(self) -> list[Entry]:
        """What the three administrators use."""
        return self._entries(ADMINISTRATION)

    @cached_property
    def home(self) -> str:
        """Where the product name leads."""
        return _address("reports:workbench") or "/"

    @cached_property
    def search_url(self) -> str:
        """Where the search at the top leads: over everything, for who reads no cases over the tree; "" for neither."""
        pages = ("reports:search", "organizations:search")
        return next((_address(page) for page in pages if opens(self.post, page)), "")

    @cached_property
    def saves_views(self) -> bool:
        """Whether the page in hand is a list that can be kept as a view."""
        match = self.request.resolver_match
        return bool(self.post and match and not match.kwargs and opens(self.post, "reports:keep_view"))

    @cached_property
    def saved_views(self) -> list[dict[str, Any]]:
        """The views kept of the page in hand: name, address, whether it is the one that is shown."""
        here = saved_views.filters_in(self.request.GET.urlencode())
        rows = SavedView.objects.visible_to(self.post).filter(route=self.request.resolver_match.view_name)
        rows = rows.values_list("name", "route", "query", named=True)
        return [
            {"name": view.name, "url": saved_views.address_of(view), "here": view.query == here}
            for view in rows
        ]

    @cached_property
    def switch_url(self) -> str:
        """Where another post is chosen, when there is one."""
        return _address("organizations:switch_post") if len(self.posts) > 1 else ""

    def _entries(self, declared: tuple[tuple[str, str, str], ...]) -> list[Entry]:
        return [
            Entry(title, url, icon, name == self._here, self._waiting if name == QUEUE else 0)
            for name, title, icon in declared
            if opens(self.post, name) and (url := _address(name)) and (name != QUEUE or self._decides)
        ]

    @property
    def _decides(self) -> bool:
        """Chains go up from office to office; anybody else has a queue only when a scheme put a step with them."""
        return bool(self.post and self.post.role in OFFICERS) or bool(self._waiting)

    @cached_property
    def _here(self) -> str:
        """The entry the page in hand belongs to."""
        match = self.request.resolver_match
        if match is None:
            return ""
        names = [name for name, _title, _icon in YEAR + ADMINISTRATION]
        if match.view_name in names:
            return match.view_name
        if match.namespace == "remediation" and (match.url_name or "").startswith("activity"):
            return "remediation:diary"
        if match.namespace == "remediation" and (match.url_name or "").startswith("report"):
            return "remediation:reports"
        if match.view_name in PAGES_UNDER:
            return PAGES_UNDER[match.view_name]
        if match.namespace in UNDER:
            return UNDER[match.namespace]
        own = [name for name in names if name.split(":")[0] == match.namespace and opens(self.post, name)]
        return self._nearest(match, own)

    @staticmethod
    def _nearest(match: Any, own: list[str]) -> str:
        if match.namespace == "accounts":
            return "accounts:users" if (match.url_name or "").startswith("user") else ""
        if match.namespace == "organizations" and (match.url_name or "").startswith("appointment"):
            return "organizations:appointments"
        if match.namespace == "reports":
            return "reports:ledgers"
        return own[0] if len(own) == 1 or (own and match.namespace == "organizations") else ""


def _phases(rows: list[dict[str, Any]]) -> list[Phase]:
    """Those of the last scheme among the rows; one without phases is a row of nothing."""
    own = [[row[key] for key in PHASE] for row in rows if row["issuer__path"] == rows[-1]["issuer__path"]]
    return [
        Phase(name=name, starts_on=date.fromisoformat(begin), ends_on=date.fromisoformat(end))
        for name, begin, end in own
        if name
    ]


def _address(name: str) -> str:
    try:
        return plain_page(name)
    except NoReverseMatch:
        return ""


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of the frame."""
    return {"frame": Frame(request)}
