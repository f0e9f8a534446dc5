"""The record becomes provable: links, trees, salted commitments; heads given out; who read what."""

import secrets
from datetime import UTC, datetime
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from cases.ledger.entries import (
    NOTHING_BEFORE,
    SALT_SIZE,
    act_entry,
    event_commitment,
    event_entry,
    told_root,
)
from cases.ledger.merkle import appended, leaf_hash, root_of, root_of_peaks

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEY_WORDS = {"PERIODIC": "", "AD_HOC": "tx", "AVERAGE_LIVING": "mstb", "LOW_INCOME": "ltnt"}


def link_what_is_there(apps: Any, editor: Any) -> None:
    """
    Link the acts recorded before there were links, each commune's in order.

    Their events have no snapshot: what the cases said then is not known any more, and the record
    says so rather than invent it ("linked_later").
    """
    Act, Case, Event = (apps.get_model("cases", name) for name in ("Act", "Case", "Event"))
    for case in Case.objects.filter(salt="").only("pk").iterator(chunk_size=2000):
        Case.objects.filter(pk=case.pk).update(salt=secrets.token_hex(SALT_SIZE))
    for chain in apps.get_model("cases", "ActChain").objects.select_related("commune"):
        acts = Act.objects.filter(commune=chain.commune).order_by("sequence")
        for act in acts.select_related("round__commune", "village_review__village", "duty_unit"):
            act.root = root_of(_link_events(Case, Event, act, chain.commune.code))
            act.salt = secrets.token_bytes(SALT_SIZE)
            entry = act_entry(_fields(act, chain))
            act.entry, act.link = entry.decode(), leaf_hash(entry)
            chain.peaks = appended(bytes(chain.peaks), act.sequence - 1, act.link)
            chain.head, act.tree = act.link, root_of_peaks(chain.peaks)
            act.save(update_fields=["root", "salt", "entry", "link", "tree"])
        chain.save(update_fields=["head", "peaks"])


def _link_events(Case: Any, Event: Any, act: Any, commune: str) -> list[bytes]:
    links = []
    for event in Event.objects.filter(act_id=act.pk).order_by("case_id").select_related("case"):
        before = Event.objects.filter(case_id=event.case_id, sequence=event.sequence - 1).first()
        entry = event_entry(
            bytes(before.link) if before else NOTHING_BEFORE,
            commune,
            act.sequence,
            event.sequence,
            event.from_state,
            event.to_state,
            event_commitment(event.case.salt, event.sequence, ""),
            event.case.code,
        )
        links.append(leaf_hash(entry))
        Event.objects.filter(pk=event.pk).update(link=links[-1])
    return links


def _fields(act: Any, chain: Any) -> dict[str, Any]:
    round = act.round
    month = f"{round.month:02d}" if round.month else ""
    return {
        "linked_later": True,
        "previous": bytes(chain.head),
        "commune": chain.commune.code,
        "sequence": act.sequence,
        "code": act.code,
        "round": f"{round.year}{KEY_WORDS[round.kind]}{month}-{round.commune.code}",
        "village": act.village_review.village.code if act.village_review else "",
        "actor": act.actor_id,
        "actor_name": act.actor_name,
        "on_behalf_of": "",
        "duty": act.duty,
        "duty_unit": act.duty_unit.code,
        "article": act.article,
        "pack": act.pack,
        "pack_hash": bytes(round.pack_hash),
        "at": (act.at - EPOCH) // EPOCH.resolution,
        "legal_day": act.legal_day.isoformat(),
        "device_at": (act.device_at - EPOCH) // EPOCH.resolution if act.device_at else None,
        "told": told_root(act.salt, act.facts, {}),
        "root": bytes(act.root),
        "count": act.count,
    }


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_every_round_has_a_keeper")]

    operations = [
        migrations.CreateModel(
            name="DailyRoot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True, verbose_name="ngày")),
                ("root", models.BinaryField(max_length=32)),
                ("communes", models.PositiveIntegerField(verbose_name="số xã")),
                ("at", models.DateTimeField(verbose_name="lúc")),
            ],
            options={
                "verbose_name": "gốc trong ngày",
            },
        ),
        migrations.CreateModel(
            name="ReadingChain",
            fields=[
                (
                    "commune",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="cases.unit",
                    ),
                ),
                ("length", models.PositiveBigIntegerField(default=0)),
                (
                    "head",
                    models.BinaryField(
                        default=b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
                        max_length=32,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="act",
            name="entry",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="act",
            name="link",
            field=models.BinaryField(default=b"", max_length=32),
        ),
        migrations.AddField(
            model_name="act",
            name="on_behalf_of",
            field=models.CharField(blank=True, default="", max_length=120, verbose_name="làm thay"),
        ),
        migrations.AddField(
            model_name="act",
            name="private",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="act",
            name="root",
            field=models.BinaryField(default=b"", max_length=32),
        ),
        migrations.AddField(
            model_name="act",
            name="salt",
            field=models.BinaryField(default=b"", max_length=16),
        ),
        migrations.AddField(
            model_name="act",
            name="salts",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="act",
            name="tree",
            field=models.BinaryField(default=b"", max_length=32),
        ),
        migrations.AddField(
            model_name="actchain",
            name="head",
            field=models.BinaryField(
                default=b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
                max_length=32,
            ),
        ),
        migrations.AddField(
            model_name="actchain",
            name="peaks",
            field=models.BinaryField(default=b""),
        ),
        migrations.AddField(
            model_name="case",
            name="salt",
            field=models.CharField(default="", editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name="event",
            name="link",
            field=models.BinaryField(default=b"", max_length=32),
        ),
        migrations.AddField(
            model_name="event",
            name="snapshot",
            field=models.CharField(default="", max_length=200),
        ),
        migrations.CreateModel(
            name="TimeStamp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("authority", models.CharField(max_length=200, verbose_name="nơi cấp")),
                ("stamped_at", models.DateTimeField(verbose_name="dấu thời gian")),
                ("token", models.BinaryField()),
                (
                    "daily_root",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tokens",
                        to="cases.dailyroot",
                    ),
                ),
            ],
            options={
                "verbose_name": "dấu thời gian",
            },
        ),
        migrations.CreateModel(
            name="Anchor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField(verbose_name="số việc")),
                ("tree", models.BinaryField(max_length=32)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("MEETING", "Họp dân xong"),
                            ("POSTED", "Niêm yết"),
                            ("CLOSED", "Kết thúc niêm yết"),
                            ("COMPLAINT", "Nhận khiếu nại"),
                            ("REQUEST", "Nhận giấy đề nghị"),
                            ("REPORT", "Báo cáo cấp trên"),
                            ("OPINION", "Ý kiến cấp trên"),
                            ("DECISION", "Quyết định"),
                            ("QUARTER", "Mười lăm phút một lần"),
                        ],
                        max_length=9,
                        verbose_name="nhân việc",
                    ),
                ),
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
                "verbose_name": "mốc neo",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("commune", "sequence", "why"),
                        name="a_head_is_anchored_once_for_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("user_name", models.CharField(max_length=120)),
                ("page", models.CharField(max_length=60, verbose_name="trang")),
                ("purpose", models.CharField(blank=True, max_length=200, verbose_name="mục đích")),
                ("opened", models.CharField(max_length=30)),
                ("count", models.PositiveIntegerField(default=1)),
                ("at", models.DateTimeField(verbose_name="lúc")),
                ("link", models.BinaryField(max_length=32)),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="readings",
                        to="cases.case",
                    ),
                ),
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
                "verbose_name": "lượt đọc",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("commune", "sequence"), name="readings_of_a_commune_have_no_twin"
                    )
                ],
            },
        ),
        migrations.RunPython(link_what_is_there, migrations.RunPython.noop),
    ]
