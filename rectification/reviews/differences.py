"""What a resubmission changed against the round before, marked row by row."""

from rectification.reviews.models import Review


def changed_items(review: Review, part: str) -> dict[str, list[str]]:
    """In a list of the content whose rows have a `uid`: uid → names of what differs from the round before.

    A row that came in has the one name "new"; rows that went out are under their uid with "gone". Empty on round one.
    """
    if review.round == 1:
        return {}
    before = {row["uid"]: row for row in review.before.get(part, [])}
    now = {row["uid"]: row for row in review.content.get(part, [])}
    found = {uid: ["gone"] for uid in before if uid not in now}
    for uid, row in now.items():
        if uid not in before:
            found[uid] = ["new"]
        elif differing := [name for name in row if row[name] != before[uid].get(name)]:
            found[uid] = differing
    return found
