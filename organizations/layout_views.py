"""对应表头: which heading of the file handed in means which of our columns."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import OFFICERS
from organizations import imports, layouts
from organizations import layout_rules as rules
from organizations.models import ImportBatch


@policy(OFFICERS, scope="batch")
@require_http_methods(["GET", "POST"])
def layout(request: HttpRequest, uid: str) -> HttpResponse:
    """The headings of the file beside our columns; guessed by likeness, put right by a person, remembered."""
    batch = get_object_or_404(ImportBatch.objects.visible_to(request.post).select_related("unit"), uid=uid)
    kind, error = imports.kind_of(batch), ""
    try:
        table = layouts.table_of(batch)
    except Refused:
        return redirect("organizations:batch", uid=uid)
    mapping = batch.table.get("mapping") or rules.guess(table.headings, kind.wanted)
    if request.method == "POST":
        places = {place: heading for place, heading in enumerate(table.headings) if heading}
        mapping = {
            heading: request.POST[f"column-{place}"]
            for place, heading in places.items()
            if request.POST.get(f"column-{place}")
        }
        try:
            layouts.match(batch_id=batch.pk, mapping=mapping, by=request.post, at=timezone.now())
        except Refused as refused:
            error = str(refused)
        else:
            return redirect("organizations:batch", uid=uid)
    context = {
        "batch": batch,
        "kind": kind,
        "table": table,
        "lines": layouts.lines_of(table, mapping),
        "home": imports.home_of(batch),
        "error": error,
    }
    return render(request, "organizations/layout.html", context, status=422 if error else 200)
