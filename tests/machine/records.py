"""What the whole database says, to be compared before and after."""

from typing import Any

from django.apps import apps

ROOMS = ("cases", "workflow", "notifications", "viewflow")


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table that an act could touch."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for label in ROOMS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    }
