"""An operator accepts a database that is behind; what was said of a household is removed, on a paper."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_separation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "expected_sequence",
                    models.PositiveBigIntegerField(verbose_name="số việc đã đưa ra ngoài"),
                ),
                ("expected_tree", models.BinaryField(max_length=32)),
                ("sequence", models.PositiveBigIntegerField(verbose_name="số việc trong máy")),
                ("tree", models.BinaryField(max_length=32)),
                ("paper", models.CharField(max_length=200, verbose_name="văn bản")),
                ("by_name", models.CharField(max_length=120, verbose_name="người thực hiện")),
                ("at", models.DateTimeField(verbose_name="lúc")),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "chấp nhận sổ",
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("household_code", models.CharField(max_length=30, verbose_name="mã hộ")),
                ("paper", models.CharField(max_length=200, verbose_name="văn bản")),
                ("by_name", models.CharField(max_length=120, verbose_name="người thực hiện")),
                ("at", models.DateTimeField(verbose_name="lúc")),
                ("counts", models.JSONField(default=dict, verbose_name="đã xóa")),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "xóa dữ liệu cá nhân",
            },
        ),
    ]
