"""The site's addresses, in the order of the year."""

from django.urls import include, path

from rectification.acceptance.ballots.answer_views import answer
from rectification.remediation.activities.offline_views import service_worker

urlpatterns = [
    # At the root, because a service worker answers only below its own address
    path("sw.js", service_worker, name="service_worker"),
    # Short, because it is typed from a slip of paper; it names no poll, so that no log of any proxy does
    path("ceping/", answer, name="ceping"),
    path("", include("reports.urls")),
    path("", include("accounts.urls")),
    path("organizations/", include("organizations.urls")),
    path("schemes/", include("rectification.schemes.urls")),
    path("cases/", include("rectification.cases.urls")),
    path("duties/", include("rectification.duties.urls")),
    path("evidence/", include("rectification.evidence.urls")),
    path("filings/", include("rectification.filings.urls")),
    path("lookback/", include("rectification.lookback.urls")),
    path("survey/", include("rectification.survey.urls")),
    path("remediation/", include("rectification.remediation.urls")),
    path("supervision/", include("rectification.supervision.urls")),
    path("acceptance/", include("rectification.acceptance.urls")),
]

handler500 = "accounts.faults.server_error"
