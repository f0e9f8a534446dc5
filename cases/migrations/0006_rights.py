import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("cases", "0005_ledger"),
    ]

    operations = [
        migrations.CreateModel(
            name="RecordedRefusal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="lúc")),
                (
                    "user_name",
                    models.CharField(blank=True, max_length=150, verbose_name="người thực hiện"),
                ),
                ("door", models.CharField(max_length=100, verbose_name="nơi từ chối")),
                ("code", models.CharField(max_length=60, verbose_name="mã từ chối")),
                (
                    "detail",
                    models.CharField(blank=True, max_length=300, verbose_name="chi tiết"),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.unit",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "lần từ chối",
                "indexes": [models.Index(fields=["unit", "at"], name="refusal_of_unit")],
            },
        ),
        # Grants are written anew from the assignments: run sync_grants after migrating.
        migrations.RunSQL(
            ["DELETE FROM cases_unituserpermission", "DELETE FROM cases_unitgrouppermission"],
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            name="Leave",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="từ ngày")),
                ("valid_until", models.DateField(verbose_name="đến trước ngày")),
                ("paper", models.CharField(max_length=200, verbose_name="giấy nghỉ phép")),
                ("given_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "nghỉ phép",
            },
        ),
        migrations.CreateModel(
            name="Office",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("REVIEWER", "Rà soát viên"),
                            ("VILLAGE_HEAD", "Trưởng thôn"),
                            ("MEETING_SECRETARY", "Thư ký cuộc họp"),
                            ("COMMUNE_OFFICER", "Cán bộ giảm nghèo cấp xã"),
                            ("COMMUNE_COMMITTEE", "Ban Chỉ đạo rà soát cấp xã"),
                            ("COMMUNE_CHAIR", "Chủ tịch UBND cấp xã"),
                            ("SUPERIOR_CHAIR", "Chủ tịch UBND cấp trên"),
                            ("DEPARTMENT", "Cơ quan chuyên môn cấp tỉnh"),
                            ("MINISTRY", "Bộ chủ quản"),
                            ("AUDITOR", "Kiểm tra, giám sát"),
                            ("FRONT", "Ủy ban Mặt trận Tổ quốc"),
                            ("INSPECTION", "Thanh tra, kiểm tra"),
                        ],
                        max_length=20,
                        verbose_name="vai trò",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="tên")),
                ("valid_from", models.DateField(verbose_name="từ ngày")),
                ("valid_until", models.DateField(null=True, verbose_name="đến trước ngày")),
                ("paper", models.CharField(max_length=200, verbose_name="quyết định thành lập")),
                ("given_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "bộ phận",
            },
        ),
        migrations.CreateModel(
            name="OfficeMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="từ ngày")),
                (
                    "valid_until",
                    models.DateField(blank=True, null=True, verbose_name="đến trước ngày"),
                ),
                ("paper", models.CharField(max_length=200, verbose_name="quyết định phân công")),
                ("given_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_at_once", models.BooleanField(default=False)),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TRANSFER", "Điều động, luân chuyển"),
                            ("DISMISSAL", "Miễn nhiệm, bãi nhiệm, cách chức"),
                            ("RETIREMENT", "Nghỉ hưu, thôi việc"),
                            ("RETURN", "Người giao việc tự làm lại"),
                            ("OTHER", "Lý do khác ghi trong văn bản"),
                        ],
                        max_length=10,
                        verbose_name="lý do thôi giữ",
                    ),
                ),
                (
                    "ended_paper",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="quyết định thôi giữ"
                    ),
                ),
            ],
            options={
                "verbose_name": "thành viên bộ phận",
            },
        ),
        migrations.AlterModelOptions(
            name="unit",
            options={
                "default_permissions": (),
                "permissions": [
                    ("view_cases", "view"),
                    ("record_request", "record request"),
                    ("open_round", "open round"),
                    ("compile_list", "compile list"),
                    ("survey", "survey"),
                    ("classify", "classify"),
                    ("chair_meeting", "chair meeting"),
                    ("keep_minutes", "keep minutes"),
                    ("post_list", "post"),
                    ("receive_complaint", "receive complaint"),
                    ("reverify", "reverify"),
                    ("record_departure", "record departure"),
                    ("sign_report", "sign report"),
                    ("give_opinion", "give opinion"),
                    ("sign_decision", "sign decision"),
                    ("manage_units", "manage units"),
                    ("import_sheets", "import"),
                    ("read_reports", "read reports"),
                    ("manage_standards", "manage standards"),
                    ("audit", "audit"),
                    ("appoint", "appoint"),
                    ("delegate", "delegate"),
                ],
                "verbose_name": "đơn vị",
            },
        ),
        migrations.RemoveConstraint(
            model_name="declaredinterest",
            name="an_interest_is_declared_once",
        ),
        migrations.RemoveConstraint(
            model_name="roleassignment",
            name="a_role_on_a_unit_is_given_once_a_day",
        ),
        migrations.RemoveConstraint(
            model_name="roleassignment",
            name="assignment_ends_after_it_starts",
        ),
        migrations.AlterUniqueTogether(
            name="unituserpermission",
            unique_together=set(),
        ),
        migrations.AddField(
            model_name="declaredinterest",
            name="ended_on",
            field=models.DateField(null=True, verbose_name="hết từ ngày"),
        ),
        migrations.AddField(
            model_name="declaredinterest",
            name="ended_paper",
            field=models.CharField(
                blank=True, max_length=200, verbose_name="văn bản, lý do hết liên quan"
            ),
        ),
        migrations.AddField(
            model_name="roleassignment",
            name="duties",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="roleassignment",
            name="end_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("TRANSFER", "Điều động, luân chuyển"),
                    ("DISMISSAL", "Miễn nhiệm, bãi nhiệm, cách chức"),
                    ("RETIREMENT", "Nghỉ hưu, thôi việc"),
                    ("RETURN", "Người giao việc tự làm lại"),
                    ("OTHER", "Lý do khác ghi trong văn bản"),
                ],
                max_length=10,
                verbose_name="lý do thôi giữ",
            ),
        ),
        migrations.AddField(
            model_name="roleassignment",
            name="ended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="roleassignment",
            name="ended_at_once",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="roleassignment",
            name="ended_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="roleassignment",
            name="ended_paper",
            field=models.CharField(blank=True, max_length=200, verbose_name="quyết định thôi giữ"),
        ),
        migrations.AddField(
            model_name="roleassignment",
            name="given_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="roleassignment",
            name="given_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="roleassignment",
            name="kind",
            field=models.CharField(
                choices=[
                    ("APPOINTMENT", "Phân công"),
                    ("DELEGATION", "Ủy quyền"),
                    ("SUBSTITUTION", "Làm thay khi nghỉ"),
                ],
                default="APPOINTMENT",
                max_length=12,
                verbose_name="hình thức",
            ),
        ),
        migrations.AddField(
            model_name="roleassignment",
            name="on_behalf_of",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lent",
                to="cases.roleassignment",
            ),
        ),
        migrations.AddField(
            model_name="roleassignment",
            name="paper_until",
            field=models.DateField(null=True, verbose_name="văn bản có hiệu lực đến trước ngày"),
        ),
        migrations.AddField(
            model_name="unitgrouppermission",
            name="valid_from",
            field=models.DateField(default=None),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="unitgrouppermission",
            name="valid_until",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="unituserpermission",
            name="assignment",
            field=models.ForeignKey(
                default=None,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="grants",
                to="cases.roleassignment",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="unituserpermission",
            name="valid_from",
            field=models.DateField(default=None),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="unituserpermission",
            name="valid_until",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="roleassignment",
            name="role",
            field=models.CharField(
                choices=[
                    ("REVIEWER", "Rà soát viên"),
                    ("VILLAGE_HEAD", "Trưởng thôn"),
                    ("MEETING_SECRETARY", "Thư ký cuộc họp"),
                    ("COMMUNE_OFFICER", "Cán bộ giảm nghèo cấp xã"),
                    ("COMMUNE_COMMITTEE", "Ban Chỉ đạo rà soát cấp xã"),
                    ("COMMUNE_CHAIR", "Chủ tịch UBND cấp xã"),
                    ("SUPERIOR_CHAIR", "Chủ tịch UBND cấp trên"),
                    ("DEPARTMENT", "Cơ quan chuyên môn cấp tỉnh"),
                    ("MINISTRY", "Bộ chủ quản"),
                    ("AUDITOR", "Kiểm tra, giám sát"),
                    ("FRONT", "Ủy ban Mặt trận Tổ quốc"),
                    ("INSPECTION", "Thanh tra, kiểm tra"),
                ],
                max_length=20,
                verbose_name="vai trò",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaredinterest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)),
                fields=("user", "household"),
                name="an_interest_is_declared_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaredinterest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_on__isnull", True), ("ended_paper", "")),
                    models.Q(
                        ("ended_on__gte", models.F("declared_on")),
                        models.Q(("ended_paper", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="the_end_of_an_interest_rests_on_a_paper",
            ),
        ),
        migrations.AddConstraint(
            model_name="unituserpermission",
            constraint=models.UniqueConstraint(
                fields=("assignment", "permission"), name="an_assignment_grants_a_duty_once"
            ),
        ),
        migrations.AddField(
            model_name="leave",
            name="given_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="leave",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="leaves",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="roleassignment",
            name="leave",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stand_ins",
                to="cases.leave",
            ),
        ),
        migrations.AddIndex(
            model_name="roleassignment",
            index=models.Index(fields=["unit", "valid_from"], name="assignments_of_unit"),
        ),
        migrations.AddConstraint(
            model_name="roleassignment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True), ("kind", "APPOINTMENT")),
                fields=("user", "role", "unit", "valid_from"),
                name="a_role_on_a_unit_is_given_once_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="roleassignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True),
                    ("valid_until__gt", models.F("valid_from")),
                    models.Q(("ended_at__isnull", False), ("valid_until", models.F("valid_from"))),
                    _connector="OR",
                ),
                name="assignment_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="roleassignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_paper", "")),
                    models.Q(
                        ("ended_at__isnull", False), models.Q(("ended_paper", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="an_end_rests_on_a_paper",
            ),
        ),
        migrations.AddConstraint(
            model_name="roleassignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "APPOINTMENT"), ("on_behalf_of__isnull", True)),
                    models.Q(
                        models.Q(("kind", "APPOINTMENT"), _negated=True),
                        ("on_behalf_of__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="what_is_lent_names_its_lender",
            ),
        ),
        migrations.AddConstraint(
            model_name="roleassignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "APPOINTMENT"), ("valid_until__isnull", False), _connector="OR"
                ),
                name="a_loan_has_an_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="roleassignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("paper_until__isnull", True),
                    ("valid_until__lte", models.F("paper_until")),
                    _connector="OR",
                ),
                name="an_assignment_does_not_outlast_its_paper",
            ),
        ),
        migrations.AddConstraint(
            model_name="roleassignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "SUBSTITUTION"), ("leave__isnull", False)),
                    models.Q(
                        models.Q(("kind", "SUBSTITUTION"), _negated=True), ("leave__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="who_stands_in_does_so_during_a_leave",
            ),
        ),
        migrations.AddField(
            model_name="office",
            name="given_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="office",
            name="group",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="office", to="auth.group"
            ),
        ),
        migrations.AddField(
            model_name="office",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="offices", to="cases.unit"
            ),
        ),
        migrations.AddField(
            model_name="officemember",
            name="ended_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="officemember",
            name="given_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="officemember",
            name="office",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="members",
                to="cases.office",
            ),
        ),
        migrations.AddField(
            model_name="officemember",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="memberships",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="leave",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_until__gt", models.F("valid_from"))),
                name="leave_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.UniqueConstraint(
                fields=("unit", "name"), name="an_office_of_a_unit_has_its_own_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True),
                    ("valid_until__gt", models.F("valid_from")),
                    _connector="OR",
                ),
                name="office_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="officemember",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("office", "user", "valid_from"),
                name="a_person_joins_an_office_once_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="officemember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True),
                    ("valid_until__gt", models.F("valid_from")),
                    models.Q(("ended_at__isnull", False), ("valid_until", models.F("valid_from"))),
                    _connector="OR",
                ),
                name="membership_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="officemember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_paper", "")),
                    models.Q(
                        ("ended_at__isnull", False), models.Q(("ended_paper", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="the_end_of_a_membership_rests_on_a_paper",
            ),
        ),
    ]
