"""Apart from the filling: PostgreSQL alters no table whose foreign keys are still to be checked."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_the_law_complete")]

    operations = [
        migrations.AlterField(
            model_name="round",
            name="keeper",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="kept_rounds",
                to="cases.unit",
            ),
        ),
        migrations.AlterField(
            model_name="villagereview",
            name="keeper",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.unit",
            ),
        ),
    ]
