"""The nets under the audit trail: what a request did without recording it by name is recorded here."""

from django.http import HttpRequest, HttpResponse

from accounts import audit


class Recorded:
    """Refused addresses and handed-out files leave a line of the trail, whoever wrote the view.

    Stands inside the acting post. What a form changed is seen to where its transaction is (middleware.OneSubmission).
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        left = audit.Trace()
        token = audit.trace.set(left)
        try:
            response = self.get_response(request)
            if request.user.is_authenticated and not left.events:
                self._complete(request, response)
            return response
        finally:
            audit.trace.reset(token)

    @staticmethod
    def _complete(request: HttpRequest, response: HttpResponse) -> None:
        declared = request.policy
        if response.status_code == 404 and declared and declared.scope not in ("none", "self"):
            # Foreign and absent are one answer to whoever asks, and one line to the auditor
            audit.record("拒绝访问", obj=request.path, result="不在范围或不存在")
        elif response.status_code == 403:
            audit.record("拒绝访问", obj=request.path, result="拒绝")
        elif response.status_code == 200 and response.get("Content-Disposition", "").startswith("attachment"):
            audit.record("下载文件", obj=request.path)


def form_done(request: HttpRequest) -> None:
    """A form was carried out: if nothing was recorded by name, record that it was. Inside the form's transaction."""
    left = audit.trace.get()
    if left is not None and not left.events:
        audit.record("提交表单", obj=request.path)
