"""Hostile and spoilt workbooks against the reader and the roster's import, each in a limited child."""

from collections import Counter

from drills.frame import Outcome, Room

ASKED = "5,000 byte-mutated and 140 hostile workbooks: 0 crashes, 0 partial imports, each refusal in Chinese"


def main(room: Room) -> Outcome:
    from organizations import workbook
    from tests.hostile.archives import archives
    from tests.hostile.children import Children
    from tests.hostile.mutants import mutants
    from tests.hostile.sheets import sheets

    post, good = roster_in_order()
    children = Children()
    workbook._run = children.run
    count, ended, faults = room.count(5000), Counter(), []
    hostile = [(file.trick, file.file_name, file.content) for file in (*archives(), *sheets())]
    spoilt = ((f"seed {one.seed}", "名册.xlsx", one.content) for one in mutants(count, 10_000, good))
    for many in (hostile, spoilt):
        for name, file_name, content in many:
            how, fault = imported(post, file_name, content)
            ended[how] += 1
            faults += [f"{name}: {fault}"] if fault else []
            if room.hurry():
                break
    children.close()
    done = sum(ended.values()) - len(hostile)
    if done < count:
        faults.append(f"{done} of {count} mutated")
    how = ", ".join(f"{number} {word}" for word, number in ended.most_common())
    return Outcome(f"{len(hostile)} hostile and {done} mutated workbooks: {how}", faults)


def roster_in_order():
    """A township's officer of the demo year, and its roster with every household count changed."""
    from django.utils import timezone

    from accounts.roles import Role
    from organizations.models import Appointment
    from organizations.roster_book import roster_units, write_roster

    today = timezone.localdate()
    posts = (
        Appointment.objects.current(today)
        .filter(role=Role.TOWNSHIP_OFFICER)
        .select_related("organization", "user")
    )
    post = next(one for one in posts.order_by("pk") if roster_units(one.organization).count() > 3)
    units = list(roster_units(post.organization)[:12])
    for unit in units:
        unit.households = (unit.households or 100) + 1
    return post, write_roster(post.organization, units, today)


def imported(post, file_name: str, content: bytes) -> tuple[str, str]:
    """Hand a workbook in, read and confirm it, take all of it back: how it ended and what is wrong with that."""
    from django.db import transaction
    from django.utils import timezone

    from organizations import imports, tasks
    from organizations.workbook import BadWorkbook
    from tests.hostile.checking import CHINESE, facts, written

    with transaction.atomic():
        try:
            given = {"unit_id": post.organization_id, "file_name": file_name, "content": content}
            batch = imports.hand_in(**given, by=post, at=timezone.now())
            before = facts()
            tasks.read_roster(batch.pk)
            batch.refresh_from_db()
            fault = "" if facts() == before else "written without being confirmed"
            how = "rows refused" if batch.errors else batch.state
            said = batch.error or "".join(one["reason"] for one in batch.errors)
            if how == "done":
                fault = fault or written(batch, post)
            elif not CHINESE.search(said):
                fault = fault or f"no reason given: {said[:60]}"
        except BadWorkbook as refused:
            how, fault = "refused", "" if CHINESE.search(str(refused)) else f"no reason given: {refused}"
        except Exception as broken:
            how, fault = "crashed", f"{type(broken).__name__}: {broken}"
        transaction.set_rollback(True)
    return how, fault
