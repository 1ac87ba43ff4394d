from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0008_time_proposals"),
    ]

    operations = [
        migrations.AddField(
            model_name="cancellationreason",
            name="retired_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="cancellationreason",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at", None)),
                fields=("text_en",),
                name="reason_listed_once",
            ),
        ),
    ]
