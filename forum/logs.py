"""What logs and error reports may say: what failed and where in the code, never who asked nor what they typed (M3)."""

import logging
import traceback
from collections.abc import ItemsView
from types import TracebackType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class ForgetRequest(logging.Filter):
    """Drop the request from a log record, and its path: a path may be a link that opens a seat."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, poorer."""
        request = record.__dict__.pop("request", None)
        if isinstance(request, HttpRequest):
            match = request.resolver_match
            status = getattr(record, "status_code", "")
            record.msg = f"{status} in {match.view_name if match else 'no view'}".strip()
            record.args = ()
        return True


class PlainFormatter(logging.Formatter):
    """Write one line, and for an error where it happened and its type, without the words of the exception."""

    def __init__(self, with_words: bool = False) -> None:
        """Take `with_words` to show exceptions whole, which only debugging on one's own machine may do."""
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self.with_words = with_words

    def formatException(self, ei: Any) -> str:
        """Return the frames and the type: a database quotes the failing row, a parser the failing text."""
        if self.with_words:
            return super().formatException(ei)
        kind, _, where = ei
        return f"{_frames(where)}{kind.__module__}.{kind.__qualname__}"


def _frames(where: TracebackType | None) -> str:
    return "".join(traceback.format_tb(where))


class NothingTypedFilter(SafeExceptionReporterFilter):
    """Leave what was typed, where it came from and every variable out of an error report."""

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, str]:
        """Return nothing."""
        return {}

    def get_safe_request_meta(self, request: HttpRequest | None) -> dict[str, str]:
        """Return the method alone."""
        return {"REQUEST_METHOD": request.method or ""} if request else {}

    def get_safe_cookies(self, request: HttpRequest | None) -> dict[str, str]:
        """Return nothing."""
        return {}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> ItemsView[str, Any]:
        """Return nothing."""
        return {}.items()
