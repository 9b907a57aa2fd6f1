import uuid

import django.db.models.deletion
from django.db import migrations, models

CONFLICT = (
    "forum_id taken_id content_hash language envelope sealed_key forum_key_id given_on".split()
)
CHUNK = "id conflict_id recording number envelope".split()
carried = []


def read_conflicts(apps, schema_editor):
    """A counter becomes a random identifier, which no database casts: the rows are carried over."""
    for name, fields in (("Conflict", ["id", *CONFLICT]), ("ConflictChunk", CHUNK)):
        rows = apps.get_model("declarations", name).objects.using(schema_editor.connection.alias)
        carried.append(list(rows.values(*fields)))


def write_conflicts(apps, schema_editor):
    conflict, chunk = (apps.get_model("declarations", name) for name in ("Conflict", "ConflictChunk"))
    conflicts, chunks = carried
    named = {row["id"]: uuid.uuid4() for row in conflicts}
    rows = [conflict(**{**row, "id": named[row["id"]]}) for row in conflicts]
    using = schema_editor.connection.alias
    conflict.objects.using(using).bulk_create(sorted(rows, key=lambda row: row.id))
    chunk.objects.using(using).bulk_create(chunk(**{**row, "conflict_id": named[row["conflict_id"]]}) for row in chunks)
    carried.clear()


class Migration(migrations.Migration):
    dependencies = [("declarations", "0002_recordings")]

    operations = [
        migrations.CreateModel(
            name="LateCopy",
            fields=[("digest", models.CharField(max_length=64, primary_key=True, serialize=False))],
        ),
        migrations.CreateModel(
            name="Upkeep",
            fields=[
                ("name", models.CharField(max_length=30, primary_key=True, serialize=False, verbose_name="work")),
                ("done_at", models.DateTimeField(verbose_name="done")),
            ],
        ),
        migrations.AddField(
            model_name="forum",
            name="keep_until",
            field=models.DateField(
                blank=True,
                help_text=(
                    "The words are erased on the day after. Once the forum is live, only an earlier day can be set."
                ),
                null=True,
                verbose_name="testimonies are kept until",
            ),
        ),
        migrations.AddField(
            model_name="testimony",
            name="erased_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="erased on"),
        ),
        migrations.RunPython(read_conflicts, migrations.RunPython.noop),
        migrations.DeleteModel(name="ConflictChunk"),
        migrations.DeleteModel(name="Conflict"),
        migrations.CreateModel(
            name="Conflict",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("taken_id", models.UUIDField()),
                ("content_hash", models.CharField(max_length=64)),
                ("language", models.CharField(max_length=12)),
                ("envelope", models.BinaryField()),
                ("sealed_key", models.BinaryField()),
                ("given_on", models.DateField(verbose_name="day")),
                (
                    "forum",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conflicts",
                        to="declarations.forum",
                    ),
                ),
                (
                    "forum_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="declarations.forumkey",
                    ),
                ),
            ],
            options={
                "verbose_name": "conflict",
                "verbose_name_plural": "conflicts",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("taken_id", "content_hash"), name="a_conflict_is_kept_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConflictChunk",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("recording", models.UUIDField()),
                ("number", models.PositiveSmallIntegerField()),
                ("envelope", models.BinaryField()),
                (
                    "conflict",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chunks",
                        to="declarations.conflict",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a recording kept aside",
                "verbose_name_plural": "parts of recordings kept aside",
                "constraints": [
                    models.UniqueConstraint(fields=("conflict", "number"), name="one_part_kept_aside_a_number")
                ],
            },
        ),
        migrations.RunPython(write_conflicts, migrations.RunPython.noop),
    ]
