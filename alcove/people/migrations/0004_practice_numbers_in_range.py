from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_finding_a_time_settings"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="practice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("notice_hours__range", (0, 336)),
                    ("hold_minutes__range", (1, 120)),
                    ("confirm_within_hours__range", (1, 336)),
                    ("confirm_before_start_hours__range", (0, 336)),
                    ("confirm_at_least_minutes__range", (1, 1440)),
                    ("join_before_minutes__range", (0, 120)),
                    ("join_after_minutes__range", (0, 120)),
                    ("no_show_after_minutes__range", (1, 120)),
                    ("dispute_hours__range", (1, 336)),
                    ("proposal_answer_hours__range", (1, 336)),
                    ("proposal_remind_hours__range", (1, 336)),
                    ("offer_hours__range", (1, 336)),
                ),
                name="practice_numbers_in_range",
            ),
        ),
    ]
