"""Editions carry a signed manifest; a forum has a key that signs."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('declarations', '0012_digits_said_aloud'),
    ]

    operations = [
        migrations.AddField(
            model_name='edition',
            name='manifest',
            field=models.BinaryField(default=b''),
        ),
        migrations.AddField(
            model_name='edition',
            name='signature',
            field=models.BinaryField(default=b''),
        ),
        migrations.AddField(
            model_name='edition',
            name='signed_with',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='declarations.forumkey'),
        ),
        migrations.AlterField(
            model_name='forumkey',
            name='purpose',
            field=models.CharField(choices=[('people', 'people: names and contacts'), ('reading', 'reading: the words'), ('first_half', 'custody, first half: names behind testimonies'), ('other_half', 'custody, other half: names behind testimonies'), ('signing', 'signing: the editions')], max_length=10, verbose_name='purpose'),
        ),
    ]
