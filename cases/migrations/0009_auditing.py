import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_anchors"),
    ]

    operations = [
        migrations.CreateModel(
            name="Finding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("HAND", "Người kiểm tra tự ghi"),
                            ("DIFFERENCE", "Khác nhau giữa các danh sách"),
                            ("CONFORMANCE", "Đối chiếu quy trình"),
                            ("SAMPLE", "Mẫu kiểm tra"),
                        ],
                        max_length=11,
                        verbose_name="từ đâu",
                    ),
                ),
                ("text", models.TextField(verbose_name="nội dung")),
                ("author_name", models.CharField(max_length=120, verbose_name="người kiểm tra")),
                ("at", models.DateTimeField(verbose_name="lúc")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="cases.case",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="cases.round",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.unit",
                    ),
                ),
                (
                    "village_review",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="cases.villagereview",
                    ),
                ),
            ],
            options={
                "verbose_name": "phát hiện kiểm tra",
            },
        ),
        migrations.CreateModel(
            name="FindingEntry",
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
                            ("ANSWER", "Xã trả lời"),
                            ("REOPEN", "Hỏi thêm"),
                            ("CLOSE", "Kết luận"),
                        ],
                        max_length=6,
                        verbose_name="loại",
                    ),
                ),
                ("text", models.TextField(verbose_name="nội dung")),
                ("author_name", models.CharField(max_length=120, verbose_name="người ghi")),
                ("at", models.DateTimeField(verbose_name="lúc")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="cases.finding",
                    ),
                ),
            ],
            options={
                "verbose_name": "trao đổi về phát hiện",
                "ordering": ["finding", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Sample",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="năm")),
                (
                    "review",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("PERIODIC", "Rà soát định kỳ"),
                            ("AD_HOC", "Rà soát thường xuyên"),
                            ("AVERAGE", "Mức sống trung bình"),
                            ("LOW_INCOME", "Lao động có thu nhập thấp"),
                        ],
                        max_length=10,
                        verbose_name="loại rà soát",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("RANDOM", "Ngẫu nhiên"), ("RISK", "Trong các hồ sơ có câu hỏi")],
                        max_length=6,
                        verbose_name="cách lấy mẫu",
                    ),
                ),
                ("seed", models.CharField(max_length=100, verbose_name="hạt giống")),
                ("size", models.PositiveIntegerField(verbose_name="cỡ mẫu")),
                ("population", models.PositiveIntegerField(verbose_name="số hồ sơ được lấy mẫu")),
                ("population_digest", models.BinaryField(max_length=32)),
                ("drawn_by_name", models.CharField(max_length=120, verbose_name="người lấy mẫu")),
                ("at", models.DateTimeField(verbose_name="lúc")),
                (
                    "drawn_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="samples",
                        to="cases.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "mẫu kiểm tra",
            },
        ),
        migrations.CreateModel(
            name="SampleItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="thứ tự")),
                ("code", models.CharField(max_length=80, verbose_name="mã hồ sơ")),
                ("questions", models.JSONField(default=list)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "sample",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="cases.sample",
                    ),
                ),
            ],
            options={
                "verbose_name": "hồ sơ trong mẫu",
                "ordering": ["sample", "position"],
            },
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("case__isnull", True), ("village_review__isnull", False), _connector="OR"
                ),
                name="a_finding_of_a_case_names_its_village",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True),
                name="a_finding_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="findingentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True),
                name="an_entry_of_a_finding_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.CheckConstraint(
                condition=models.Q(("seed", ""), _negated=True), name="a_sample_has_a_seed"
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__gte", 1)), name="a_sample_is_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="sampleitem",
            constraint=models.UniqueConstraint(
                fields=("sample", "position"), name="places_in_a_sample_have_no_twin"
            ),
        ),
        migrations.AddConstraint(
            model_name="sampleitem",
            constraint=models.UniqueConstraint(
                fields=("sample", "case"), name="a_case_is_drawn_once"
            ),
        ),
    ]
