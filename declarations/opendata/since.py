"""Editions and what became of them, as data."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC

from declarations import tracing
from declarations.models import Commitment, Delivery, Edition, EditionFile, Forum, Response
from declarations.publishing import FORMATS

from .about import about, address, texts
from .shapes import (
    AnswerRow,
    CommitmentRow,
    DeliveryRow,
    EditionRow,
    EditionsData,
    FileRow,
    FollowupData,
    ReportRow,
)

OF_CLAUSE = "clause__section__declaration__forum"


def editions_data(forum: Forum) -> EditionsData:
    """Return every edition with the digests and files by which it is known."""
    rows = Edition.objects.public().filter(declaration__forum=forum).latest_first().without_snapshot()
    files: dict[int, list[EditionFile]] = defaultdict(list)
    order = list(FORMATS)
    stored = EditionFile.objects.public().filter(edition__declaration__forum=forum).without_content()
    for file in sorted(stored, key=lambda each: (each.language, order.index(each.extension))):
        files[file.edition_id].append(file)
    return EditionsData(
        about(forum, "edition-list"),
        tuple(
            EditionRow(
                number=row.number,
                kind=row.kind,
                published_at=row.published_at.astimezone(UTC).isoformat(timespec="seconds"),
                control_code=row.control_code,
                digest=row.digest,
                text_digest=row.text_digest,
                figures_digest=row.figures_digest,
                voices_digest=row.voices_digest,
                previous_digest=row.previous_digest or None,
                files=tuple(file_of(forum, row, file) for file in files[row.pk]),
                page=address("edition-detail", forum, row.number),
            )
            for row in rows
        ),
    )


def file_of(forum: Forum, edition: Edition, file: EditionFile) -> FileRow:
    return FileRow(
        language=file.language,
        extension=file.extension,
        media_type=FORMATS[file.extension].content_type,
        bytes=file.size,
        sha256=file.sha256,
        address=address("edition-file", forum, edition.number, file.language, file.extension),
    )


def followup_data(forum: Forum) -> FollowupData:
    """Return deliveries, answers to published clauses, and promises with what came of them."""
    published = [clause.identifier for clause in tracing.published_clauses(forum)]
    return FollowupData(
        about(forum, "followup-list"), deliveries(forum), answers(forum, published), commitments(forum, published)
    )


def deliveries(forum: Forum) -> tuple[DeliveryRow, ...]:
    rows = Delivery.objects.public().filter(edition__declaration__forum=forum)
    rows = rows.select_related("addressee", "edition").defer("edition__snapshot")
    return tuple(
        DeliveryRow(row.edition.number, row.addressee.code, row.delivered_on.isoformat(), texts(row.how))
        for row in rows.order_by("delivered_on", "addressee__order", "pk")
    )


def answers(forum: Forum, published: list[str]) -> tuple[AnswerRow, ...]:
    rows = Response.objects.public().filter(**{OF_CLAUSE: forum}, clause__identifier__in=published)
    return tuple(
        AnswerRow(
            clause=row.clause.identifier,
            addressee=row.addressee.code,
            position=row.position,
            text=row.text,
            language=row.language,
            channel=row.channel,
            answered_on=row.answered_on.isoformat(),
            is_standing=row.is_standing,
        )
        for row in rows.select_related("addressee", "clause").order_by("addressee__order", "answered_on", "pk")
    )


def commitments(forum: Forum, published: list[str]) -> tuple[CommitmentRow, ...]:
    rows = Commitment.objects.public().filter(**{OF_CLAUSE: forum}, clause__identifier__in=published)
    return tuple(
        CommitmentRow(
            clause=row.clause.identifier,
            addressee=row.addressee.code,
            text=texts(row.text),
            due_on=row.due_on.isoformat(),
            state=row.state,
            reports=tuple(
                ReportRow(each.reported_on.isoformat(), each.state, each.text, each.language)
                for each in row.reports.all()
            ),
        )
        for row in rows.select_related("addressee", "clause").prefetch_related("reports").order_by("due_on", "pk")
    )
