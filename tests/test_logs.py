"""Logs, error reports, uploads and the count of sign-ins say nothing about who asked or what they typed."""

import io
import logging
import sys

import pytest
from django.core.exceptions import RequestDataTooBig
from django.test import RequestFactory
from django.urls import ResolverMatch
from django.views.debug import ExceptionReporter

from forum import sign_in
from forum.logs import ForgetRequest, PlainFormatter

SECRET = "the-well-behind-the-school"


@pytest.fixture
def written():
    """A logger as the site has it, and what it wrote."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(ForgetRequest())
    handler.setFormatter(PlainFormatter())
    logger = logging.getLogger("tests.quiet")
    logger.propagate = False
    logger.addHandler(handler)
    yield logger, stream
    logger.removeHandler(handler)


@pytest.fixture
def request_with_secrets():
    return RequestFactory().post(f"/links/{SECRET}/?q={SECRET}", {"words": SECRET}, REMOTE_ADDR="203.0.113.9")


def test_a_log_line_names_the_view_and_nothing_else(written, request_with_secrets):
    logger, stream = written
    request_with_secrets.resolver_match = ResolverMatch(print, (), {}, url_name="testimony-new")
    extra = {"request": request_with_secrets, "status_code": 500}
    logger.error("Internal Server Error: %s", request_with_secrets.path, extra=extra)
    assert stream.getvalue() == "ERROR tests.quiet: 500 in testimony-new\n"


def test_a_traceback_says_where_and_not_what(written):
    logger, stream = written
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            raise RuntimeError(SECRET) from error
    except RuntimeError:
        logger.exception("It failed.")
    assert "test_logs.py" in stream.getvalue()
    assert "builtins.RuntimeError" in stream.getvalue()
    assert SECRET not in stream.getvalue()


def test_an_error_report_keeps_nothing_that_was_typed(rf):
    address, browser = "203.0.113." + "9", "a " + "phone"  # in two parts: a report quotes the lines of this test
    request = rf.post("/testimonies/new/", {"words": SECRET}, REMOTE_ADDR=address, HTTP_USER_AGENT=browser)
    try:
        words = request.POST["words"]
        raise ValueError
    except ValueError:
        reporter = ExceptionReporter(request, *sys.exc_info())
    report = reporter.get_traceback_text() + reporter.get_traceback_html()
    assert words == SECRET
    for trace in (SECRET, address, browser):
        assert trace not in report


def test_a_file_that_does_not_fit_in_memory_is_refused_and_not_lost(settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    request = RequestFactory().post("/", {"voice": io.BytesIO(b"x" * 2000)})
    with pytest.raises(RequestDataTooBig):
        request.FILES  # noqa: B018  reading it is what parses the body


def test_a_file_stays_in_memory():
    request = RequestFactory().post("/", {"voice": io.BytesIO(b"x" * 100_000)})
    assert not hasattr(request.FILES["voice"], "temporary_file_path")
    assert request.FILES["voice"].size == 100_000


def test_a_sign_in_is_counted_under_a_keyed_address(settings, rf):
    one, same, other = (rf.get("/", REMOTE_ADDR=address) for address in ("203.0.113.9", "203.0.113.9", "203.0.113.10"))
    assert sign_in.keyed_address(one) == sign_in.keyed_address(same)
    assert sign_in.keyed_address(one) != sign_in.keyed_address(other)
    before = sign_in.keyed_address(one)
    settings.PEPPER = bytes(32)
    assert sign_in.keyed_address(one) != before


def test_behind_a_trusted_proxy_the_address_is_the_one_the_proxy_added(settings, rf):
    forged = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.1.1.1, 203.0.113.9")
    direct = rf.get("/", REMOTE_ADDR="203.0.113.9")
    assert sign_in.keyed_address(forged) != sign_in.keyed_address(direct)
    settings.TRUST_PROXY = True
    assert sign_in.keyed_address(forged) == sign_in.keyed_address(direct)
