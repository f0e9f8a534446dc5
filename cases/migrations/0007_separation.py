import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_rights")]

    operations = [
        migrations.CreateModel(
            name="CorrectionProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="nội dung đề nghị")),
                ("proposed_at", models.DateTimeField(verbose_name="đề nghị lúc")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="rút lúc")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction_proposals",
                        to="cases.case",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "used_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.act",
                    ),
                ),
            ],
            options={
                "verbose_name": "đề nghị đính chính",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("used_by__isnull", True), ("withdrawn_at__isnull", True)
                        ),
                        fields=("case",),
                        name="one_open_correction_proposal_of_a_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="a_correction_proposal_says_why",
                    ),
                ],
            },
        ),
    ]
