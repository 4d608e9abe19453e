"""Demo accounts: one for each role with a name easy to type, and an officer wherever the story needs one."""

from collections.abc import Iterator

from accounts import actions as accounts
from accounts.models import User
from accounts.roles import ADMINISTRATORS, Right, Role
from organizations import appointment_actions
from organizations.models import Appointment
from reports.demo.places import CITY, COUNTIES, DEPARTMENTS, ENTERPRISES, HARBOUR, ORGANS, ZONE
from reports.demo.world import World

PASSWORD = "yunze-demo-2026"  # for a try-out on one machine; a production site lets no demo account in
SURNAMES = "周吴郑冯陈蒋沈韩杨朱秦许何吕施孔曹严金魏陶姜谢邹喻苏潘葛范彭鲁韦马方任袁柳史唐薛雷贺倪汤滕罗毕"
GIVEN = (
    *("明远", "建平", "晓岚", "志强", "文静", "立新", "海波", "玉兰", "国栋", "春燕", "永昌", "秀英", "向东"),
    *("佳宁", "德胜", "雪梅", "长青", "思源", "振华", "丽娟", "启明", "月华", "新民", "若溪", "家和", "景行"),
)

# user name, title, role, unit: what `demo --accounts` prints
STARRING = (
    ("shi", "市委组织部组织科", Role.CITY_REVIEWER, CITY),
    ("xian", "县委组织部组织股", Role.COUNTY_OFFICER, "青禾县"),
    ("xian2", "区委组织部组织科", Role.COUNTY_OFFICER, "澄湖区"),
    ("xian3", "市委组织部组织科", Role.COUNTY_OFFICER, "望津市"),
    ("xian4", "县委组织部组织股", Role.COUNTY_OFFICER, "石岭县"),
    ("zhen", "组织委员", Role.TOWNSHIP_OFFICER, "柳溪镇"),
    ("zhen2", "组织委员", Role.TOWNSHIP_OFFICER, "白岩乡"),
    ("zhen3", "组织委员", Role.TOWNSHIP_OFFICER, "银坑镇"),
    ("cun", "村党支部组织委员", Role.VILLAGE_REPORTER, "柳溪镇/石桥村"),
    ("bangfu", "县农业农村局干部", Role.HELPER, "青禾县"),
    ("bumen", "联络员", Role.DEPARTMENT, "青禾县"),
    ("bumen2", "联络员", Role.DEPARTMENT, "青禾县"),
    ("bumen3", "联络员", Role.DEPARTMENT, "青禾县"),
    ("bumen4", "联络员", Role.DEPARTMENT, "青禾县"),
    ("bumen5", "联络员", Role.DEPARTMENT, "青禾县"),
    ("xitong", "系统管理员", Role.SYSTEM_ADMIN, CITY),
    ("anquan", "安全管理员", Role.SECURITY_ADMIN, CITY),
    ("shenji", "审计员", Role.AUDITOR, CITY),
)
# Two posts of one person: she signs in once and chooses which of them she acts in
SECOND_POSTS = (("jianzhi", "县委组织部干部", Role.COUNTY_OFFICER, "青禾县"),)
# For which department a contact of the joint review speaks
SPEAKS_FOR = {
    "bumen": "县信访局",
    "bumen2": "县纪委监委",
    "bumen3": "县委政法委",
    "bumen4": "县民政局",
    "bumen5": "县农业农村局",
}
SECOND_POST_HELPS = ("jianzhi", "驻村第一书记", Role.HELPER, "青禾县")


def names(world: World) -> Iterator[str]:
    """Invented names without end."""
    while True:
        yield world.rng.choice(SURNAMES) + world.rng.choice(GIVEN)


def first_keeper(world: World) -> None:
    """The first system administrator stands at the beginning: nobody is there yet who could appoint one."""
    username, title, role, unit = next(one for one in STARRING if one[2] == Role.SYSTEM_ADMIN)
    user = accounts.create_user(
        username=username, name=next(names(world)), password=PASSWORD, demo=True, phone=""
    )
    post = Appointment.objects.create(
        user=user, role=role, organization=world.unit(unit), title=title, from_on=world.days.on(1, 8, 1)
    )
    world.posts[unit, role] = post


def appoint_all(world: World) -> None:
    """Everybody else is appointed by the system administrator; the other two administrators stand at the beginning."""
    for username, title, role, unit in (*STARRING, *SECOND_POSTS):
        if role != Role.SYSTEM_ADMIN:
            _appoint(world, username, title, role, unit)
    _appoint(world, *SECOND_POST_HELPS)
    for number, (title, role, unit) in enumerate(_others(world), 1):
        _appoint(world, f"yanshi{number:02}", title, role, unit, password=None)
    _give_rights(world)


def _give_rights(world: World) -> None:
    """Who receives ledgers in the story may unlock one after its date."""
    keeper = world.post(CITY, Role.SECURITY_ADMIN)
    for post in (world.reviewer(), world.county("青禾县")):
        with world.scene(keeper, world.days.on(1, 12, 1), 10) as now:
            appointment_actions.set_rights(appointment_id=post.pk, rights=[Right.UNLOCK.value], **now)
        post.refresh_from_db(fields=["rights"])


def _others(world: World) -> Iterator[tuple[str, Role, str]]:
    """The officers of all the other units."""
    counties = [*COUNTIES, ZONE, ORGANS]
    townships = [name for _code, names_ in COUNTIES.values() for name in names_]
    townships += [HARBOUR, *DEPARTMENTS, *ENTERPRISES]
    for unit in counties:
        if (unit, Role.COUNTY_OFFICER) not in world.posts:
            yield "组织科干部", Role.COUNTY_OFFICER, unit
    for unit in townships:
        if (unit, Role.TOWNSHIP_OFFICER) not in world.posts:
            yield "组织委员", Role.TOWNSHIP_OFFICER, unit


def _appoint(
    world: World, username: str, title: str, role: Role, unit: str, password: str | None = PASSWORD
) -> None:
    keeper = world.post(CITY, Role.SYSTEM_ADMIN)
    with world.scene(keeper, world.days.on(1, 9, 1), 14) as now:
        user = User.objects.filter(username=username).first() or accounts.create_user(
            username=username, name=next(names(world)), password=password, demo=True
        )
        from_on = world.days.on(1, 10, 1)
        if role in ADMINISTRATORS:
            there = {"organization": world.unit(unit), "title": title, "from_on": from_on}
            post = Appointment.objects.create(user=user, role=role, **there)
        else:
            post = appointment_actions.appoint(
                user_id=user.pk,
                role=role,
                organization_id=world.unit(unit).pk,
                title=title,
                department=SPEAKS_FOR.get(username, ""),
                from_on=from_on,
                **now,
            )
    world.posts.setdefault(
        (unit, role), Appointment.objects.select_related("user", "organization").get(pk=post.pk)
    )


def table() -> str:
    """The accounts one tries the site with, as lines of text."""
    lines = [f"演示账号（口令都是 {PASSWORD}）："]
    wanted = [*STARRING, *SECOND_POSTS]
    posts = Appointment.objects.filter(user__is_demo=True).select_related("user", "organization")
    held: dict[str, list[Appointment]] = {}
    for post in posts:
        held.setdefault(post.user.username, []).append(post)
    for username, *_ in wanted:
        if mine := held.get(username):
            words = "；".join(
                f"{post.organization.name} {post.words}（{post.get_role_display()}）" for post in mine
            )
            lines.append(f"  {username:<9}{mine[0].user.name}　{words}")
    others = len(held) - len([name for name, *_ in wanted if name in held])
    if others > 0:
        words = "经办人账号（yanshi01 起）没有口令；要用时以 xitong 登录，在“账号”页重置。"
        lines.append(f"  其余 {others} 个{words}")
    return "\n".join(lines)
