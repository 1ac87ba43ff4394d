import alcove.notifications.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_initial"),
        ("notifications", "0002_channels_and_choices"),
        ("people", "0002_live_room_settings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bookings", "Your bookings"),
                            ("reminders", "Reminders"),
                            ("requests", "Requests that wait for you"),
                            ("times", "Times that were suggested or offered"),
                            ("messages", "New messages"),
                            ("rooms", "Invitations and members of your rooms"),
                            ("credits", "Session credits"),
                        ],
                        max_length=9,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("path", models.CharField(max_length=200)),
                ("about_at", models.DateTimeField(null=True)),
                ("happened_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Preferences",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="notification_preferences",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("is_discreet", models.BooleanField(default=True)),
                (
                    "lead_minutes",
                    models.JSONField(default=alcove.notifications.models.default_leads),
                ),
                ("leads_chosen_at", models.DateTimeField(null=True)),
                ("quiet_from", models.TimeField(null=True)),
                ("quiet_until", models.TimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="delivery",
            name="delivery_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="switchedoff",
            name="switched_off_known",
        ),
        migrations.AddField(
            model_name="delivery",
            name="not_before",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="useful_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="channel",
            field=models.CharField(
                choices=[("email", "Mail"), ("push", "Push")], default="email", max_length=5
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("sent", "Sent"),
                    ("kept", "Kept"),
                    ("failed", "Failed"),
                    ("dropped", "No longer needed"),
                ],
                default="waiting",
                max_length=7,
            ),
        ),
        migrations.AlterField(
            model_name="switchedoff",
            name="channel",
            field=models.CharField(
                choices=[("email", "Mail"), ("push", "Push"), ("product", "News page")],
                max_length=7,
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "sent", "kept", "failed", "dropped"])),
                name="delivery_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="switchedoff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "bookings",
                            "reminders",
                            "requests",
                            "times",
                            "messages",
                            "rooms",
                            "credits",
                        ],
                    ),
                    ("channel__in", ["email", "push", "product"]),
                ),
                name="switched_off_known",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.event"
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="preferences",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from", None), ("quiet_until", None)),
                    models.Q(
                        ("quiet_from__isnull", False),
                        ("quiet_until__isnull", False),
                        models.Q(("quiet_from", models.F("quiet_until")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="quiet_hours_are_a_span",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["person", "-id"], name="notice_by_person"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("seen_at", None)), fields=["person"], name="notice_unseen"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("event", "person"), name="notice_once"),
        ),
    ]
