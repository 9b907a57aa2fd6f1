"""A recording sent with a form: in memory, and left out where it is too large, so that the words still arrive."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile
from django.http import HttpRequest

from declarations.workflow.recordings import LARGEST

MOST = 64 << 20  # bytes of a whole request that are read past, one piece at a time, to reach the words behind


class VoiceUploadHandler(MemoryFileUploadHandler):
    """Keep the file in memory; where it is larger than a recording may be, forget it and read on.

    A request that is refused whole would lose the words that came with the recording.
    """

    is_too_large = False

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:
        if content_length > MOST:
            raise RequestDataTooBig("The file of this request is too large.")
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if start + len(raw_data) > LARGEST:
            self.is_too_large = True
            self.file = BytesIO()
            raise SkipFile
        return super().receive_data_chunk(raw_data, start)


def voice_of(request: HttpRequest) -> VoiceUploadHandler:
    """Put the handler on a request whose form was not read yet, and return it."""
    handler = VoiceUploadHandler(request)
    request.upload_handlers = [handler]
    return handler
