import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_initial"),
        ("notifications", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SwitchedOff",
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
                (
                    "channel",
                    models.CharField(choices=[("email", "mail"), ("push", "push")], max_length=7),
                ),
            ],
        ),
        migrations.AddField(
            model_name="delivery",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("bookings", "Your bookings"),
                    ("reminders", "Reminders"),
                    ("requests", "Requests that wait for you"),
                    ("times", "Times that were suggested or offered"),
                    ("messages", "New messages"),
                    ("rooms", "Invitations and members of your rooms"),
                    ("credits", "Session credits"),
                ],
                default="",
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="path",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="address",
            field=models.EmailField(blank=True, default="", max_length=254),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="channel",
            field=models.CharField(
                choices=[("email", "mail"), ("push", "push")], default="email", max_length=5
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="text",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("person", None)),
                fields=("event", "address", "channel"),
                name="delivery_once_to_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["email", "push"])),
                name="delivery_channel_known",
            ),
        ),
        migrations.AddField(
            model_name="switchedoff",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="switchedoff",
            constraint=models.UniqueConstraint(
                fields=("person", "kind", "channel"), name="switched_off_once"
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
                    ("channel__in", ["email", "push"]),
                ),
                name="switched_off_known",
            ),
        ),
    ]
