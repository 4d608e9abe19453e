"""What lies in a unit's year-end folder, file by file, each as far as the post sees it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Count, Sum

from accounts.errors import Refused
from organizations.scope import subtree
from rectification.cases.models import Case, CaseQuerySet
from rectification.evidence.models import Attachment
from rectification.filings.models import Filing
from rectification.supervision.notices.models import UNSENT, Notice
from reports import case_book
from reports.dossier import Item, copied
from reports.ledgers import LEDGERS, Selection
from reports.papers import PAPERS, Document, Drawn, Form, declared, drawn
from reports.sheet import Sheet, frozen, live

TABLES, PAPERS_IN, FILES, FILED = "一、台账", "二、表单和文书", "三、整顿档案", "四、报送原件"
CASES_AT_MOST = 40  # half a minute each on a busy machine; a worker may take half an hour
# Written per case, below its own folder
OF_A_CASE = frozenset({"plan", "notice"})
Draw = Callable[[], Drawn]
Write = Callable[[Drawn, str, Path], int]


def cases_of(selection: Selection) -> CaseQuerySet:
    """The cases of the year under the unit, in the tree's order."""
    rows = Case.objects.visible_to(selection.post).under(selection.unit).of_year(selection.year)
    return rows.order_by("org_path", "pk")


def files_of(selection: Selection) -> tuple[int, int]:
    """How many attachments the cases of the year have, and their bytes. One query."""
    rows = Attachment.objects.visible_to(selection.post).filter(
        subtree(selection.unit.path).q("case__org_path"),
        case__year=selection.year,
        withdrawn_at__isnull=True,
    )
    told = rows.order_by().aggregate(number=Count("pk"), size=Sum("size"))
    return told["number"], told["size"] or 0


class Items:
    """The files of one folder. `write` draws something into a file and says how many rows or pages it has."""

    def __init__(self, selection: Selection, *, whole: bool, today: date, mark: str, write: Write) -> None:
        self.asked = Selection(selection.post, selection.unit, selection.year, {})
        self.whole, self.today, self.mark, self.write = whole, today, mark, write

    def __iter__(self) -> Iterator[Item]:
        yield from self._ledgers()
        yield from self._papers()
        if self.whole:
            for case in cases_of(self.asked).select_related(*case_book.RELATED):
                yield from self._case(case)
        yield from self._filings()

    def length(self) -> int:
        """About how many files there will be, for the progress."""
        cases = cases_of(self.asked).count() if self.whole else 0
        files = files_of(self.asked)[0] if self.whole else 0
        return 2 * len(LEDGERS) + len(PAPERS) + 4 * cases + files + 2 * self._filed().count()

    def _drawn(
        self, folder: tuple[str, ...], name: str, draw: Draw, formats: tuple[str, ...]
    ) -> Iterator[Item]:
        for format in formats:

            def make(path: Path, format: str = format) -> str | None:
                try:
                    rows = self.write(draw(), format, path)
                except Refused:
                    return None
                return "" if rows else None

            yield Item(folder, f"{name}.{format}", make)

    def _ledgers(self) -> Iterator[Item]:
        for number, ledger in enumerate(LEDGERS.values(), 1):
            name = f"{number:02d} {ledger.named(self.asked)}"

            def draw(ledger: Any = ledger) -> Sheet:
                return live(ledger, self.asked, today=self.today, mark=self.mark)

            yield from self._drawn((TABLES,), name, draw, ("xlsx", "pdf"))

    def _papers(self) -> Iterator[Item]:
        for paper in PAPERS.values():
            if paper.key in OF_A_CASE:
                continue
            for words, asked in self._chosen(paper):

                def draw(paper: Any = paper, asked: Selection = asked) -> Drawn:
                    return drawn(paper, asked, today=self.today, mark=self.mark)

                name = paper.named(asked) + (f" {words}" if words else "")
                formats = ("pdf",) if isinstance(paper, Form) else ("pdf", "docx")
                yield from self._drawn((PAPERS_IN,), name, draw, formats)

    def _chosen(self, paper: Any) -> Iterator[tuple[str, Selection]]:
        """The paper once, or each of several a filter chooses from."""
        for name, (_label, choices, _lookup) in (paper.filters or {}).items():
            if isinstance(paper, Document) and callable(choices):
                given = choices(self.asked.post, self.asked.unit, self.asked.year)
                for value, words in given:
                    yield words, replace(self.asked, filters={name: value})
                return
        yield "", self.asked

    def _case(self, case: Case) -> Iterator[Item]:
        place = "".join(part.short_name for part in (case.township, case.organization) if part)
        folder = (FILES, place)
        own = Selection(self.asked.post, case.organization, case.year, {"case": str(case.uid)})

        def book() -> Any:
            return case_book.book(case, own, today=self.today, mark=self.mark)

        def plan() -> Drawn:
            selection = replace(own, filters={}, case_id=case.pk)
            return drawn(declared("plan"), selection, today=self.today, mark=self.mark)

        yield from self._drawn(folder, "整本档案", book, ("pdf",))
        yield from self._drawn(folder, "整顿方案", plan, ("pdf", "docx"))
        yield from self._notices(case, folder)
        for attachment in case_book.attachments_of(case, own):
            yield _stored(attachment, (*folder, "附件"))

    def _notices(self, case: Case, folder: tuple[str, ...]) -> Iterator[Item]:
        rows = Notice.objects.visible_to(self.asked.post).filter(case=case).exclude(state__in=UNSENT)
        for notice in rows.select_related("organization").order_by("issued_at", "pk"):
            asked = Selection(self.asked.post, notice.organization, case.year, {"notice": str(notice.uid)})

            def draw(asked: Selection = asked) -> Drawn:
                return drawn(declared("notice"), asked, today=self.today, mark=self.mark)

            yield from self._drawn((*folder, "督导文书"), notice.name, draw, ("pdf",))

    def _filed(self) -> Any:
        rows = Filing.objects.visible_to(self.asked.post).under(self.asked.unit)
        return rows.filter(scheme__year=self.asked.year).select_related("organization", "scan")

    def _filings(self) -> Iterator[Item]:
        for filing in self._filed().defer("content").order_by("filed_path", "ledger", "number").iterator():
            folder = (FILED, filing.organization.short_name)
            name = f"{filing.title}（第{filing.number}次报送）"

            def draw(pk: int = filing.pk) -> Sheet:
                return frozen(Filing.objects.get(pk=pk).content, mark=self.mark)

            yield from self._drawn(folder, name, draw, ("xlsx",))
            if filing.scan and filing.scan.withdrawn_at is None:
                yield _stored(filing.scan, folder, f"{name}盖章原件 {filing.scan.name}")


def _stored(attachment: Attachment, folder: tuple[str, ...], name: str = "") -> Item:
    def make(path: Path) -> str | None:
        try:
            with attachment.opened() as source:
                return copied(source, path, attachment.sha256)
        except Refused as held:
            path.write_text(f"{held}。", encoding="utf-8")
            return attachment.get_scan_display()
        except FileNotFoundError:
            path.write_text("这份附件的文件在服务器上没有找到，请联系系统管理员。", encoding="utf-8")
            return "文件缺失，请联系系统管理员"

    return Item(folder, name or attachment.name, make)
