"""The tree of party organizations, what is known of each, and who holds which post there."""

import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from accounts.addresses import page_of
from accounts.history import tracked, tracked_in_bulk
from accounts.models import User
from accounts.roles import CHOICES, RIGHTS, Role, given_by
from accounts.versions import Versioned
from accounts.work import Work, WorkQuerySet
from organizations.pinyin import search_text
from organizations.rules import PATH_STEP, Field, Level, organ_name, paths_to, range_end, short_name


class OrganizationQuerySet(MP_NodeQuerySet):
    """Units of the tree."""

    def visible_to(self, post: "Appointment | None") -> Self:
        """The units a post may see (organizations.scope)."""
        from organizations.scope import organizations_of

        return self.filter(organizations_of(post))

    def under(self, unit: "Organization") -> Self:
        """The unit itself and everything below it, by one range of the path."""
        return self.filter(path__gte=unit.path, path__lt=range_end(unit.path))

    def children_of(self, unit: "Organization") -> Self:
        """The units right below this one."""
        return self.under(unit).filter(depth=unit.depth + 1)

    def above(self, unit: "Organization") -> Self:
        """The units over this one, from the top, and the unit itself."""
        return self.filter(path__in=paths_to(unit.path)).order_by("path")

    def active(self) -> Self:
        """Not merged away or dissolved."""
        return self.filter(closed_on__isnull=True)

    def grassroots(self) -> Self:
        """The party organizations that may be surveyed."""
        return self.filter(level=Level.GRASSROOTS)

    def unclassified(self) -> Self:
        """Grassroots units whose field a person still has to decide."""
        return self.grassroots().active().filter(field="")

    def of_uids(self, uids: Iterable[str]) -> list[int]:
        """The keys of these units, in the tree's order; what is no uid names nothing."""
        found = set()
        for text in uids:
            with suppress(ValueError):
                found.add(uuid.UUID(text))
        return list(self.filter(uid__in=found).values_list("pk", flat=True))

    def matching(self, words: str) -> Self:
        """Found by a piece of the name, by pinyin initials, or by the start of the code."""
        for word in words.lower().split():
            self = self.filter(Q(name__icontains=word) | Q(search__contains=word) | Q(code__startswith=word))
        return self


class OrganizationManager(MP_NodeManager.from_queryset(OrganizationQuerySet)):
    def get_queryset(self) -> OrganizationQuerySet:
        """In the tree's order; the library's own would hand out its plain queryset."""
        return OrganizationQuerySet(self.model, using=self._db).order_by("path")

    def lock_tree(self) -> None:
        """Let nobody else change the tree until this transaction ends; reading goes on.

        A plain statement, so that it also carries the history context into the transaction, which COPY cannot.
        """
        with connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{self.model._meta.db_table}" IN SHARE ROW EXCLUSIVE MODE')


@tracked_in_bulk
class Organization(MP_Node, Versioned):
    """A node of the tree: province, city, county, township, or a grassroots party organization."""

    steplen = PATH_STEP
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Bytewise order and no _like index: subtrees are ranges (design, performance)
    path = models.CharField(max_length=40, db_collation="C", editable=False)
    code = models.CharField("统计用区划代码", max_length=20, null=True, blank=True, db_collation="C")
    name = models.CharField("名称", max_length=100)
    short_name = models.CharField("简称", max_length=100)
    search = models.CharField(max_length=200, editable=False, default="")
    level = models.CharField("层级", max_length=12, choices=[(x.value, x.label) for x in Level])
    field = models.CharField("领域", max_length=12, blank=True, choices=[(x.value, x.label) for x in Field])
    party_name = models.CharField("党组织名称", max_length=100, blank=True)
    party_type = models.CharField(
        "党组织类型",
        max_length=10,
        blank=True,
        choices=[("committee", "党委"), ("general", "党总支"), ("branch", "党支部")],
    )
    households = models.PositiveIntegerField("户数", null=True, blank=True)
    population = models.PositiveIntegerField("人口", null=True, blank=True)
    members = models.PositiveIntegerField("党员数", null=True, blank=True)
    groups = models.PositiveIntegerField("党小组数", null=True, blank=True)
    income = models.DecimalField(
        "集体经济收入（万元）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    venue = models.CharField("活动场所", max_length=100, blank=True)
    poor_village = models.BooleanField("贫困（脱贫）村", default=False)
    construction_village = models.BooleanField("建设扶贫村", default=False)
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    closed_reason = models.CharField("撤销原因", max_length=200, blank=True)

    node_order_by: list[str] = []
    objects = OrganizationManager()

    class Meta:
        verbose_name = "党组织"
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["path"], name="organization_path"),
            # The target of the foreign keys that carry a copy of the path (organizations.placed)
            models.UniqueConstraint(fields=["id", "path"], name="organization_id_path"),
            models.UniqueConstraint(fields=["code"], name="organization_code"),
        ]
        # The units right below one, without reading all that is further below
        indexes = [models.Index(fields=["depth", "path"], name="organization_depth")]

    def __str__(self) -> str:
        return self.short_name

    def get_absolute_url(self) -> str:
        return page_of("organizations:detail", self.uid)

    @property
    def organ(self) -> str:
        """The party organ as papers call it: 县委, 乡镇党委, 街道党工委."""
        return self.party_name or organ_name(Level(self.level), self.name)

    @property
    def office(self) -> str:
        """Who does its organization work: 青禾县委组织部; in a township the party organ itself, 柳溪镇党委."""
        return f"{self.organ}组织部" if self.level in (Level.CITY, Level.COUNTY) else self.organ

    @property
    def is_open(self) -> bool:
        """Whether it still exists."""
        return self.closed_on is None

    def derive(self, chosen: str = "") -> None:
        """Fill what follows from the name: the short name, unless a person has `chosen` one, and the search text."""
        self.short_name = chosen or short_name(self.name)
        words = [*search_text(self.name).split(), *search_text(chosen).split()]
        self.search = " ".join(dict.fromkeys(words))[:200]


class AppointmentQuerySet(models.QuerySet):
    """Posts."""

    def visible_to(self, post: "Appointment | None") -> Self:
        """All posts for those who keep them (system and security administrator), none for anybody else."""
        from organizations.scope import TREE_KEEPERS

        return self.all() if post is not None and post.role in TREE_KEEPERS else self.none()

    def kept_by(self, post: "Appointment | None") -> Self:
        """The posts an administrator gives and ends (accounts.roles.giver), none for anybody else."""
        return self.filter(role__in=given_by(post.role)) if post is not None else self.none()

    def current(self, today: date) -> Self:
        """Held on this day by an account that may sign in."""
        return self.filter(
            Q(to_on__isnull=True) | Q(to_on__gte=today), from_on__lte=today, user__is_active=True
        )

    def of(self, user: User) -> Self:
        """One person's posts."""
        return self.filter(user=user)

    def at(self, unit: Organization, role: Role) -> Self:
        """Who does this work in this unit."""
        return self.filter(organization=unit, role=role)


@tracked
class Appointment(models.Model):
    """A post: a person's role at an organization, from a day to a day. Everything is asked of it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="appointments", verbose_name="账号")
    role = models.CharField("岗位职责", max_length=20, choices=CHOICES)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, verbose_name="所在单位")
    title = models.CharField("职务", max_length=60, blank=True)
    department = models.CharField("联审部门", max_length=60, blank=True)
    # What a post may do beyond its role, given one by one
    rights = ArrayField(
        models.CharField(max_length=20, choices=RIGHTS), default=list, blank=True, verbose_name="专项权限"
    )
    from_on = models.DateField("任职起", default=timezone.localdate)
    to_on = models.DateField("任职止", null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "任职"
        ordering = ["user", "from_on", "id"]
        indexes = [models.Index(fields=["organization", "role"], name="appointment_at")]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=models.F("from_on")), name="appointment_dates"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization.short_name} {self.words}"

    @property
    def words(self) -> str:
        """What the post is at its unit: its own title, a department's after the department's name (县信访局联络员)."""
        if not self.department or self.title.startswith(self.department):
            return self.title or self.department or self.get_role_display()
        return f"{self.department}{self.title or '联络员'}"

    def is_current(self, today: date) -> bool:
        """Whether it is held on this day."""
        return self.from_on <= today and (self.to_on is None or self.to_on >= today)


class ImportBatchQuerySet(WorkQuerySet):
    """Workbooks that were handed in."""

    def visible_to(self, post: Appointment) -> Self:
        """A person's own, while in the same post."""
        return self.filter(by=post)


class ImportBatch(Work):
    """A workbook handed in: read into rows and errors first, written only when its owner confirms.

    `kind` says what it is (organizations.imports): the roster, a county's yearly records, last year's cases.

    Without row history, as all work is: each step of its progress would copy the whole file once more.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT)
    unit = models.ForeignKey(Organization, on_delete=models.PROTECT)
    kind = models.CharField("种类", max_length=20, default="roster")
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(editable=False)
    rows = models.JSONField("改动", default=list)
    errors = models.JSONField("错误", default=list)
    # Of a workbook of any layout: what was read, until it is written (organizations.layouts)
    table = models.JSONField("读出的表", null=True, default=None)
    read = models.PositiveIntegerField("读到的行数", default=0)
    # What its kind is told beside the file (imports.Kind.stage): which survey, from which day
    given = models.JSONField("上传时选的", default=dict)
    discarded_at = models.DateTimeField("放弃时间", null=True)
    applied_at = models.DateTimeField("写入时间", null=True)
    changed = models.PositiveIntegerField("改动行数", default=0)

    task_name = "organizations.tasks.read_roster"
    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "表格导入"
        ordering = ["-created_at"]

    @property
    def unmatched(self) -> bool:
        """Whether somebody must first say what its headings mean."""
        return self.table is not None and self.table.get("mapping") is None


# Rows placed at an organization stand on this module, so Django finds them from its end
from organizations.layout_models import TableLayout  # noqa: E402, F401
from organizations.record_models import LeaderPost, YearRecord  # noqa: E402, F401
