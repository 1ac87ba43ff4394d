from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0004_fold_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="room",
            constraint=models.UniqueConstraint(
                fields=["owner", "provider"],
                condition=Q(kind="couples", closed_at=None),
                name="room_couples_open_once",
                violation_error_message="There is an open couples room of these two already.",
            ),
        ),
    ]
