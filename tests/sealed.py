"""What a phone that seals sends, and what it believes of the answer: static/js/outbox.js and telling.js, in Python."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from django.conf import settings

from declarations import sealing
from declarations.forms.tickets import Ticket
from declarations.models import Forum, ForumKey
from declarations.sealing import Header, Parcel

WORDS = "Le puits a été fermé un matin, et nous avons marché deux jours."
FACTS = {"region": "gao", "capacity": "herder", "sex": "", "age": "", "asked_by": "", "interpreter": ""}


def reading_key(forum: Forum) -> ForumKey:
    return ForumKey.objects.filter(forum=forum, purpose="reading").latest("version")


class Phone:
    """What static/js/outbox.js does, in Python: one testimony sealed, to be sent as often as one likes."""

    def __init__(self, forum: Forum, **changes: Any) -> None:
        self.forum, self.proof, self.key, self.lent = forum, sealing.new_key(), sealing.new_key(), sealing.new_key()
        self.id, self.receipt = str(changes.pop("id", uuid.uuid4())), sealing.new_receipt()
        self.reading = changes.pop("forum_key", None) or reading_key(forum)
        self.words = changes.pop("words", WORDS)
        self.facts = changes.pop("facts", {**FACTS, "lent": self.lent.hex()})
        self.voice = changes.pop("voice", None)
        self.typed = {
            "adult": "yes",
            "may_read": "yes",
            "language": "fr",
            "code": "",
            "summarise": "yes",
            "quote": "no",
            "seen": "",
            "website": "",
            **changes.pop("typed", {}),
        }
        self.outer = {
            "id": self.id,
            "receipt": self.receipt,
            "acknowledge": self.proof.hex(),
            "ticket": Ticket.new(time.time() - 60).sealed(forum),
            "page": "fr",
            "reading": self.reading.version,
            "lent": self.lent.hex(),
            "answers": self.typed,
            **changes,
        }

    def parts(self) -> dict[str, bytes]:
        def sealed(field: str, text: str) -> bytes:
            return sealing.seal_text(text, self.key, Header("testimony", self.id, field))

        words = f"words/{self.typed.get('written') or self.typed['language']}"
        parts = {
            "key": sealing.seal_to(self.reading.public, self.key),
            words: sealed(words, self.words),
            "facts": sealed("facts", json.dumps(self.facts)),
        }
        if self.voice is not None:
            row = str(uuid.uuid4())
            for number, part in enumerate(sealing.seal_parts(self.voice, self.key, row, "original")):
                parts[f"recording/{row}/original/{number}"] = part
        return parts

    def parcel(self, **parts: bytes | None) -> bytes:
        return self.around({name: part for name, part in {**self.parts(), **parts}.items() if part is not None})

    def around(self, parts: dict[str, bytes]) -> bytes:
        answers = json.dumps(self.outer).encode()
        return sealing.seal_parcel(sealing.public_of(settings.INTAKE_KEY), self.forum.slug, Parcel(answers, parts))

    def says(self, response: Any) -> str:
        """Return what the server says, if it is the server."""
        found = response.json()
        assert self.is_proved(found)
        return str(found["said"])

    def is_proved(self, found: dict[str, str]) -> bool:
        """Whether whoever answers opened what was sent: a hotel's sign-in page did not."""
        return found.get("proof") == sealing.acknowledgement(self.proof, found["said"])
