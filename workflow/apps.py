from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class WorkflowConfig(AppConfig):
    name = "workflow"

    def ready(self) -> None:
        from workflow.acts import conditions, guards  # noqa: F401 (importing binds the codes)
        from workflow.machine import fsm, triggers
        from workflow.machine.checks import check_bindings

        fsm.attach()
        checks.register(check_bindings)
        checks.register(triggers.check_triggers, checks.Tags.database)
        post_migrate.connect(_install_triggers, sender=self)


def _install_triggers(sender: Any, using: str, **kwargs: Any) -> None:
    from workflow.machine import triggers

    triggers.install(using)
