from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0006_rings_holds_are_for_a_ring")]

    operations = [
        migrations.RemoveField(model_name="slothold", name="rings"),
        migrations.AddConstraint(
            model_name="slothold",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["review", "ring", "offer"])),
                name="hold_purpose_known",
            ),
        ),
    ]
