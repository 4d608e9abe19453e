"""Addresses of the workbench, the ledgers and their files."""

from django.urls import include, path, re_path

from reports import (
    bundle_pages,
    column_pages,
    drill_pages,
    export_pages,
    ledger_pages,
    library_pages,
    paper_pages,
    problem_pages,
    quota_pages,
    search,
    view_pages,
    workbench,
    year_pages,
)
from reports.papers import notice_pages, slip_pages

app_name = "reports"
urlpatterns = [
    path("", workbench.workbench, name="workbench"),
    path("charts/", workbench.charts, name="charts"),
    path("queue/", workbench.queue, name="queue"),
    path("ledgers/", ledger_pages.ledgers, name="ledgers"),
    path("ledgers/<slug:key>/", ledger_pages.ledger, name="ledger"),
    path("ledgers/<slug:counted>/behind/", drill_pages.drill, name="drill"),
    path("ledgers/<slug:key>/export/", ledger_pages.export, name="export"),
    path("ledgers/<slug:key>/file/", ledger_pages.file, name="file"),
    path("papers/<slug:paper>/", paper_pages.page, name="paper"),
    path("papers/notices/<uuid:uid>/", notice_pages.notice_paper, name="notice_paper"),
    re_path(
        r"^papers/slips/(?P<uid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(?P<group>members|masses)/$",
        slip_pages.slips,
        name="slips",
    ),
    path("search/", search.search, name="search"),
    path("problems/", problem_pages.problems, name="problems"),
    path("views/", view_pages.views, name="views"),
    path("views/keep/", view_pages.keep, name="keep_view"),
    path("views/<uuid:uid>/", view_pages.view, name="view"),
    path("years/", year_pages.years, name="years"),
    path("documents/", include("reports.documents.urls")),
    path("quota/", quota_pages.quota, name="quota"),
    path("ledgers/<slug:key>/cells/", column_pages.cells, name="cells"),
    path("columns/<uuid:uid>/", column_pages.columns, name="columns"),
    path("columns/<uuid:uid>/<slug:key>/", column_pages.settings, name="column_settings"),
    path("columns/<uuid:uid>/<slug:key>/reset/", column_pages.reset, name="column_reset"),
    path("cases/<uuid:uid>/book/", bundle_pages.case_book, name="case_book"),
    path("library/", library_pages.library, name="library"),
    path("library/<slug:key>/", library_pages.preview, name="preview"),
    path("library/<slug:key>/form.xlsx", library_pages.workbook, name="blank_workbook"),
    path("library/<slug:key>/pdf/", library_pages.blank_pdf, name="blank_pdf"),
    path("batch/", bundle_pages.batch, name="batch"),
    path("dossier/", bundle_pages.dossier, name="dossier"),
    path("exports/", export_pages.exports, name="exports"),
    path("exports/progress/", export_pages.progress, name="progress"),
    path("exports/<uuid:uid>/", export_pages.download, name="download"),
    path("exports/<uuid:uid>/drop/", export_pages.drop, name="drop"),
    path("exports/<uuid:uid>/retry/", export_pages.retry, name="retry"),
    path("exports/filings/<uuid:uid>/<slug:format>/", export_pages.filing_export, name="filing_export"),
]
