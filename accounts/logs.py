"""JSON log lines that carry the request or job they belong to, and no personal data."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="")
job_id: ContextVar[str] = ContextVar("job_id", default="")
EXTRA = ("status", "method", "route", "milliseconds", "task")
# What the database adds to an error: "Failing row contains (张三, 138…)"
ROW = re.compile(r"(?s)(?:\n|\\n)DETAIL:.*?(?=\n\n(?:The above|During)|\Z)")


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": ROW.sub("", record.getMessage()),
            "request": request_id.get() or None,
            "job": job_id.get() or None,
        }
        line |= {key: getattr(record, key) for key in EXTRA if hasattr(record, key)}
        if record.exc_info:
            line["error"] = ROW.sub("", self.formatException(record.exc_info))
        return json.dumps(
            {key: value for key, value in line.items() if value is not None}, ensure_ascii=False
        )
