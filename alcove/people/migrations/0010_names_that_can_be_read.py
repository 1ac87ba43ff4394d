import alcove.people.names
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0009_deletion_requests"),
    ]

    operations = [
        migrations.AlterField(
            model_name="person",
            name="name",
            field=models.CharField(
                max_length=120, validators=[alcove.people.names.validate_name], verbose_name="name"
            ),
        ),
        migrations.AlterField(
            model_name="practice",
            name="name",
            field=models.CharField(
                default="Alcove", max_length=120, validators=[alcove.people.names.validate_name]
            ),
        ),
    ]
