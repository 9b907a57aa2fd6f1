from django.db import migrations


def rebuild(apps, schema_editor):
    """Take the hidden counter from tables that were made before (SQLite); the schema editor makes them without it."""
    connection = schema_editor.connection
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%%WITHOUT ROWID%%'")
        with_counter = {row[0] for row in cursor.fetchall()}
    is_random = getattr(schema_editor, "has_random_key", lambda model: False)
    for model in apps.get_app_config("declarations").get_models():
        if model._meta.db_table in with_counter and is_random(model):
            schema_editor._remake_table(model)


class Migration(migrations.Migration):
    dependencies = [("declarations", "0008_custody_in_two_halves")]

    operations = [migrations.RunPython(rebuild, migrations.RunPython.noop)]
