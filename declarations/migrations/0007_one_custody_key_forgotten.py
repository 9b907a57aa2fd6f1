"""The custody key becomes two halves. Nothing was ever sealed to the one key there was: it goes, its holdings first."""

from django.db import migrations


def forget(apps, schema_editor):
    apps.get_model("declarations", "KeyHolding").objects.filter(key__purpose="custody").delete()
    apps.get_model("declarations", "ForumKey").objects.filter(purpose="custody").delete()


class Migration(migrations.Migration):
    dependencies = [("declarations", "0006_reading_room")]
    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
