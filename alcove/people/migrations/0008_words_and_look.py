import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0007_names_for_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="PracticeLogo",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("media_type", models.CharField(max_length=20)),
                ("content", models.BinaryField()),
            ],
        ),
        migrations.AddField(
            model_name="practice",
            name="accent_dark",
            field=models.CharField(blank=True, default="", max_length=7),
        ),
        migrations.AddField(
            model_name="practice",
            name="accent_light",
            field=models.CharField(blank=True, default="", max_length=7),
        ),
        migrations.AddField(
            model_name="practice",
            name="crisis_link",
            field=models.URLField(
                blank=True,
                default="",
                max_length=300,
                validators=[django.core.validators.URLValidator(["https", "http"])],
            ),
        ),
        migrations.AddField(
            model_name="practice",
            name="crisis_text_es",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="practice",
            name="logo_digest",
            field=models.CharField(blank=True, default="", max_length=16),
        ),
        migrations.AddField(
            model_name="practice",
            name="policy_text",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="practice",
            name="policy_text_es",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddConstraint(
            model_name="practice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accent_dark", ""), ("accent_light", "")),
                    models.Q(
                        models.Q(("accent_light", ""), _negated=True),
                        models.Q(("accent_dark", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="practice_accents_are_a_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="practicelogo",
            constraint=models.CheckConstraint(
                condition=models.Q(("id", 1)), name="logo_is_one_row"
            ),
        ),
    ]
