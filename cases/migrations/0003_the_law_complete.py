from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F


def keep_own(apps: Any, schema_editor: Any) -> None:
    """Every round and list that is there is kept by its own unit."""
    apps.get_model("cases", "Round").objects.update(keeper=F("commune"))
    apps.get_model("cases", "VillageReview").objects.update(keeper=F("village"))


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_load_calendar_seed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("standard", models.CharField(max_length=40, verbose_name="chuẩn")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("POOR", "Hộ nghèo"),
                            ("NEAR_POOR", "Hộ cận nghèo"),
                            ("NOT_POOR", "Không nghèo, không cận nghèo"),
                        ],
                        max_length=10,
                        verbose_name="kết quả",
                    ),
                ),
            ],
            options={
                "verbose_name": "kết quả theo chuẩn khác",
            },
        ),
        migrations.CreateModel(
            name="ConflictNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=500, verbose_name="lý do")),
            ],
            options={
                "verbose_name": "ghi chú xung đột lợi ích",
            },
        ),
        migrations.CreateModel(
            name="DecisionItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="lý do")),
            ],
            options={
                "verbose_name": "hộ trong quyết định",
            },
        ),
        migrations.CreateModel(
            name="DeclaredInterest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("MEMBER", "Thành viên của hộ"),
                            ("RELATIVE", "Người thân của hộ"),
                        ],
                        max_length=8,
                        verbose_name="quan hệ",
                    ),
                ),
                ("declared_on", models.DateField(verbose_name="ngày khai")),
            ],
            options={
                "verbose_name": "khai báo người có liên quan",
            },
        ),
        migrations.CreateModel(
            name="HouseholdSuccession",
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
                        choices=[("SPLIT", "Tách hộ"), ("MERGED", "Nhập hộ")],
                        max_length=6,
                        verbose_name="loại",
                    ),
                ),
                ("since", models.DateField(verbose_name="từ ngày")),
                ("paper", models.CharField(max_length=200, verbose_name="giấy tờ")),
            ],
            options={
                "verbose_name": "tách, nhập hộ",
            },
        ),
        migrations.CreateModel(
            name="IncomeRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField(verbose_name="lần")),
                ("determined_on", models.DateField(verbose_name="ngày xác định")),
                ("reviewer_name", models.CharField(max_length=120, verbose_name="người xác định")),
                (
                    "area",
                    models.CharField(
                        choices=[("RURAL", "Nông thôn"), ("URBAN", "Thành thị")],
                        max_length=5,
                        verbose_name="khu vực",
                    ),
                ),
                ("persons", models.PositiveSmallIntegerField(verbose_name="số người")),
                (
                    "year_income",
                    models.PositiveBigIntegerField(verbose_name="thu nhập 12 tháng (đồng)"),
                ),
                (
                    "state_transfers",
                    models.PositiveBigIntegerField(
                        verbose_name="trợ cấp của nhà nước, không tính (đồng)"
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("AVERAGE", "Có mức sống trung bình"),
                            ("LOW_INCOME", "Có thu nhập thấp"),
                            ("NOT_MET", "Không đủ điều kiện"),
                        ],
                        max_length=10,
                        verbose_name="kết quả",
                    ),
                ),
            ],
            options={
                "verbose_name": "xác định thu nhập",
                "ordering": ["case", "attempt"],
            },
        ),
        migrations.CreateModel(
            name="LocalStandard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.TextField(verbose_name="nội dung")),
                ("paper", models.CharField(max_length=300, verbose_name="văn bản")),
                ("loaded_at", models.DateTimeField(verbose_name="nạp lúc")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="duyệt lúc")),
                ("rejected_at", models.DateTimeField(null=True, verbose_name="từ chối lúc")),
                (
                    "rejection",
                    models.CharField(blank=True, max_length=500, verbose_name="lý do từ chối"),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="mã")),
                ("valid_from", models.DateField(verbose_name="từ ngày")),
                ("valid_until", models.DateField(verbose_name="đến trước ngày")),
            ],
            options={
                "verbose_name": "chuẩn của địa phương",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MonthlyReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=60, verbose_name="số báo cáo")),
                ("signed_at", models.DateTimeField(verbose_name="ký lúc")),
                ("due_on", models.DateField(verbose_name="hạn báo cáo")),
                ("entered_poor", models.PositiveIntegerField(verbose_name="hộ nghèo mới")),
                ("entered_near_poor", models.PositiveIntegerField(verbose_name="hộ cận nghèo mới")),
                ("left_poor", models.PositiveIntegerField(verbose_name="ra khỏi hộ nghèo")),
                (
                    "left_near_poor",
                    models.PositiveIntegerField(verbose_name="ra khỏi hộ cận nghèo"),
                ),
                ("refused", models.PositiveIntegerField(verbose_name="không công nhận")),
            ],
            options={
                "verbose_name": "báo cáo tháng",
            },
        ),
        migrations.CreateModel(
            name="PackEdition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.TextField(verbose_name="nội dung")),
                ("paper", models.CharField(max_length=300, verbose_name="văn bản")),
                ("loaded_at", models.DateTimeField(verbose_name="nạp lúc")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="duyệt lúc")),
                ("rejected_at", models.DateTimeField(null=True, verbose_name="từ chối lúc")),
                (
                    "rejection",
                    models.CharField(blank=True, max_length=500, verbose_name="lý do từ chối"),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="mã")),
                ("fingerprint", models.BinaryField(max_length=32, verbose_name="mã băm nội dung")),
            ],
            options={
                "verbose_name": "phiên bản quy trình",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TermPause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_day", models.DateField(verbose_name="tạm dừng từ ngày")),
                ("until_day", models.DateField(null=True, verbose_name="tiếp tục từ ngày")),
                ("reason", models.CharField(max_length=500, verbose_name="lý do")),
            ],
            options={
                "verbose_name": "tạm dừng thời hạn",
            },
        ),
        migrations.CreateModel(
            name="TermRecount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="lúc")),
                ("why", models.CharField(max_length=1000, verbose_name="vì sao")),
                ("old_end", models.DateField(verbose_name="ngày cuối cũ")),
                ("new_end", models.DateField(verbose_name="ngày cuối mới")),
                ("old_calendar", models.CharField(max_length=40, verbose_name="phiên bản lịch cũ")),
                (
                    "new_calendar",
                    models.CharField(max_length=40, verbose_name="phiên bản lịch mới"),
                ),
            ],
            options={
                "verbose_name": "tính lại thời hạn",
                "ordering": ["term", "pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="one_case_of_a_household_a_round",
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="state_is_declared_by_a_pack",
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="decided_case_has_a_class",
        ),
        migrations.RemoveConstraint(
            model_name="certificaterow",
            name="one_certificate_row_of_a_household_a_year",
        ),
        migrations.RemoveConstraint(
            model_name="round",
            name="one_round_of_a_commune_a_year",
        ),
        migrations.AddField(
            model_name="calendaredition",
            name="author",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="calendaredition",
            name="corrects_years",
            field=models.JSONField(default=list, verbose_name="sửa năm đã qua"),
        ),
        migrations.AddField(
            model_name="case",
            name="member",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="cases.member",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="review",
            field=models.CharField(
                choices=[
                    ("PERIODIC", "Rà soát định kỳ"),
                    ("AD_HOC", "Rà soát thường xuyên"),
                    ("AVERAGE", "Mức sống trung bình"),
                    ("LOW_INCOME", "Lao động có thu nhập thấp"),
                ],
                default="PERIODIC",
                max_length=10,
                verbose_name="loại rà soát",
            ),
        ),
        migrations.AddField(
            model_name="certificaterow",
            name="cancelled_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.act",
            ),
        ),
        migrations.AddField(
            model_name="complaint",
            name="kind",
            field=models.CharField(
                choices=[("POSTING", "Về kết quả niêm yết"), ("GRIEVANCE", "Về quyết định đã ký")],
                default="POSTING",
                max_length=9,
                verbose_name="loại",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="kind",
            field=models.CharField(
                choices=[
                    ("RECOGNITION", "Công nhận"),
                    ("CORRECTION", "Đính chính"),
                    ("REVOCATION", "Thu hồi"),
                    ("AMENDMENT", "Quyết định sau khi xem xét lại"),
                ],
                default="RECOGNITION",
                max_length=11,
                verbose_name="loại",
            ),
        ),
        migrations.AddField(
            model_name="posting",
            name="interruption",
            field=models.CharField(blank=True, max_length=500, verbose_name="lý do gián đoạn"),
        ),
        migrations.AddField(
            model_name="round",
            name="keeper",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="kept_rounds",
                to="cases.unit",
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="kind",
            field=models.CharField(
                choices=[
                    ("PERIODIC", "Rà soát định kỳ"),
                    ("AD_HOC", "Rà soát thường xuyên"),
                    ("AVERAGE", "Mức sống trung bình"),
                    ("LOW_INCOME", "Lao động có thu nhập thấp"),
                ],
                default="PERIODIC",
                max_length=10,
                verbose_name="loại rà soát",
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="local_standards",
            field=models.JSONField(default=list, verbose_name="chuẩn của địa phương"),
        ),
        migrations.AddField(
            model_name="round",
            name="month",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="tháng"),
        ),
        migrations.AddField(
            model_name="villagereview",
            name="keeper",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.unit",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="agreed_class",
            field=models.CharField(
                blank=True,
                choices=[
                    ("POOR", "Hộ nghèo"),
                    ("NEAR_POOR", "Hộ cận nghèo"),
                    ("NOT_POOR", "Không nghèo, không cận nghèo"),
                    ("AVERAGE", "Có mức sống trung bình"),
                    ("LOW_INCOME", "Có thu nhập thấp"),
                    ("NOT_MET", "Không đủ điều kiện"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="basis",
            field=models.CharField(
                choices=[
                    ("LAST_YEAR", "Có trong danh sách đang quản lý"),
                    ("REQUEST", "Có Giấy đề nghị (Mẫu số 01)"),
                    ("EXIT", "Có Giấy đề nghị thoát nghèo, thoát cận nghèo (Mẫu số 04)"),
                    ("ARRIVAL", "Hộ nghèo, cận nghèo chuyển đến, tách hoặc nhập hộ"),
                ],
                max_length=10,
                verbose_name="căn cứ vào danh sách",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="decided_class",
            field=models.CharField(
                blank=True,
                choices=[
                    ("POOR", "Hộ nghèo"),
                    ("NEAR_POOR", "Hộ cận nghèo"),
                    ("NOT_POOR", "Không nghèo, không cận nghèo"),
                    ("AVERAGE", "Có mức sống trung bình"),
                    ("LOW_INCOME", "Có thu nhập thấp"),
                    ("NOT_MET", "Không đủ điều kiện"),
                ],
                max_length=10,
                verbose_name="phân loại đã quyết định",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="cases.round",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="posted_class",
            field=models.CharField(
                blank=True,
                choices=[
                    ("POOR", "Hộ nghèo"),
                    ("NEAR_POOR", "Hộ cận nghèo"),
                    ("NOT_POOR", "Không nghèo, không cận nghèo"),
                    ("AVERAGE", "Có mức sống trung bình"),
                    ("LOW_INCOME", "Có thu nhập thấp"),
                    ("NOT_MET", "Không đủ điều kiện"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="result_class",
            field=models.CharField(
                blank=True,
                choices=[
                    ("POOR", "Hộ nghèo"),
                    ("NEAR_POOR", "Hộ cận nghèo"),
                    ("NOT_POOR", "Không nghèo, không cận nghèo"),
                    ("AVERAGE", "Có mức sống trung bình"),
                    ("LOW_INCOME", "Có thu nhập thấp"),
                    ("NOT_MET", "Không đủ điều kiện"),
                ],
                max_length=10,
                verbose_name="kết quả phân loại",
            ),
        ),
        migrations.AlterField(
            model_name="certificaterow",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificate_rows",
                to="cases.case",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decisions",
                to="cases.round",
            ),
        ),
        migrations.AlterField(
            model_name="refusalletter",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refusal_letters",
                to="cases.case",
            ),
        ),
        migrations.AlterField(
            model_name="survey",
            name="kind",
            field=models.CharField(
                choices=[
                    ("SURVEY", "Khảo sát"),
                    ("REVERIFICATION", "Phúc tra"),
                    ("REEXAMINATION", "Xác minh sau quyết định"),
                ],
                default="SURVEY",
                max_length=14,
                verbose_name="loại",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("member__isnull", True)),
                fields=("round", "household"),
                name="one_case_of_a_household_a_round",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("member__isnull", False)),
                fields=("member", "round"),
                name="one_case_of_a_person_a_round",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "agreed",
                            "certified",
                            "classified",
                            "cleared",
                            "confirmed",
                            "consented",
                            "contested",
                            "disagreed",
                            "escaped",
                            "interrupted",
                            "left",
                            "listed",
                            "new",
                            "objected",
                            "posted",
                            "recognised",
                            "reexamined",
                            "refused",
                            "reopened",
                            "reported",
                            "reposted",
                            "requested",
                            "reverified",
                            "screened",
                            "surveyed",
                            "unqualified",
                            "withdrawn",
                        ],
                    )
                ),
                name="state_is_declared_by_a_pack",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["recognised", "certified", "escaped", "confirmed"]),
                        _negated=True,
                    ),
                    models.Q(("decided_class", ""), _negated=True),
                    _connector="OR",
                ),
                name="decided_case_has_a_class",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificaterow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cancelled_by__isnull", True)),
                fields=("household", "year"),
                name="one_certificate_row_of_a_household_a_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.UniqueConstraint(
                fields=("year", "month", "kind", "commune"), name="one_round_of_a_commune_a_period"
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "PERIODIC"), ("month", 0)),
                    models.Q(
                        models.Q(("kind", "PERIODIC"), _negated=True),
                        ("month__gte", 1),
                        ("month__lte", 12),
                    ),
                    _connector="OR",
                ),
                name="only_the_periodic_review_has_no_month",
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assessments",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="survey",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assessments",
                to="cases.survey",
            ),
        ),
        migrations.AddField(
            model_name="conflictnote",
            name="act",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="conflict_note",
                to="cases.act",
            ),
        ),
        migrations.AddField(
            model_name="decisionitem",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decision_items",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="decisionitem",
            name="decision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="cases.decision",
            ),
        ),
        migrations.AddField(
            model_name="declaredinterest",
            name="declared_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="declaredinterest",
            name="household",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="interested",
                to="cases.household",
            ),
        ),
        migrations.AddField(
            model_name="declaredinterest",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="interests",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="householdsuccession",
            name="new",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="cases.household",
            ),
        ),
        migrations.AddField(
            model_name="householdsuccession",
            name="old",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="successors",
                to="cases.household",
            ),
        ),
        migrations.AddField(
            model_name="incomerecord",
            name="act",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.act"
            ),
        ),
        migrations.AddField(
            model_name="incomerecord",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="incomes", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="incomerecord",
            name="reviewer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="localstandard",
            name="approved_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="localstandard",
            name="loaded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="localstandard",
            name="province",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.unit"
            ),
        ),
        migrations.AddField(
            model_name="localstandard",
            name="rejected_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="monthlyreport",
            name="act",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.act"
            ),
        ),
        migrations.AddField(
            model_name="monthlyreport",
            name="round",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="monthly_report",
                to="cases.round",
            ),
        ),
        migrations.AddField(
            model_name="packedition",
            name="approved_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="packedition",
            name="loaded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="packedition",
            name="rejected_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="termpause",
            name="paused_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.act"
            ),
        ),
        migrations.AddField(
            model_name="termpause",
            name="resumed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.act",
            ),
        ),
        migrations.AddField(
            model_name="termpause",
            name="term",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pauses",
                to="cases.runningterm",
            ),
        ),
        migrations.AddField(
            model_name="termrecount",
            name="edition",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recounts",
                to="cases.calendaredition",
            ),
        ),
        migrations.AddField(
            model_name="termrecount",
            name="term",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recounts",
                to="cases.runningterm",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.UniqueConstraint(
                fields=("survey", "standard"), name="a_survey_is_assessed_once_a_standard"
            ),
        ),
        migrations.AddConstraint(
            model_name="decisionitem",
            constraint=models.UniqueConstraint(
                fields=("decision", "case"), name="a_decision_names_a_case_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="declaredinterest",
            constraint=models.UniqueConstraint(
                fields=("user", "household"), name="an_interest_is_declared_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="householdsuccession",
            constraint=models.UniqueConstraint(
                fields=("old", "new"), name="a_household_becomes_another_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="householdsuccession",
            constraint=models.CheckConstraint(
                condition=models.Q(("old", models.F("new")), _negated=True),
                name="no_household_follows_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="incomerecord",
            constraint=models.UniqueConstraint(
                fields=("case", "attempt"), name="incomes_are_numbered_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="incomerecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("persons__gte", 1)), name="income_is_of_somebody"
            ),
        ),
        migrations.AddConstraint(
            model_name="incomerecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("year_income__gte", models.F("state_transfers"))),
                name="transfers_are_part_of_income",
            ),
        ),
        migrations.AddConstraint(
            model_name="localstandard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(("approved_by", models.F("loaded_by")), _negated=True),
                    _connector="OR",
                ),
                name="localstandard_is_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="localstandard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True), ("rejected_by__isnull", True), _connector="OR"
                ),
                name="localstandard_is_approved_or_rejected",
            ),
        ),
        migrations.AddConstraint(
            model_name="packedition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(("approved_by", models.F("loaded_by")), _negated=True),
                    _connector="OR",
                ),
                name="packedition_is_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="packedition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True), ("rejected_by__isnull", True), _connector="OR"
                ),
                name="packedition_is_approved_or_rejected",
            ),
        ),
        migrations.AddConstraint(
            model_name="termpause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until_day__isnull", True)),
                fields=("term",),
                name="a_term_is_paused_once_at_a_time",
            ),
        ),
        migrations.RunPython(keep_own, migrations.RunPython.noop),
    ]
