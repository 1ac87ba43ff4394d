from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0004_no_shows_and_causes")]

    operations = [
        migrations.AddField(
            model_name="slothold",
            name="purpose",
            field=models.CharField(
                choices=[("review", "Review"), ("ring", "Ring"), ("offer", "Offer")],
                default="review",
                max_length=6,
            ),
        ),
    ]
