from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('declarations', '0014_names_that_organisers_read'),
    ]

    operations = [
        migrations.DeleteModel(name='QuotaKey'),
        migrations.DeleteModel(name='Quota'),
    ]
