from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class WorkflowConfig(AppConfig):
    name = "workflow"

    def ready(self) -> None:
        from workflow import row_security_checks
        from workflow.acts import conditions, guards  # noqa: F401 (importing binds the codes)
        from workflow.machine import fsm, insert_only, triggers
        from workflow.machine.checks import check_bindings

        fsm.attach()
        checks.register(check_bindings)
        checks.register(triggers.check_triggers, checks.Tags.database)
        checks.register(insert_only.check_insert_only, checks.Tags.database)
        checks.register(row_security_checks.check_row_security, checks.Tags.database)
        checks.register(row_security_checks.check_durability, checks.Tags.database)
        post_migrate.connect(_install_triggers, sender=self)


def _install_triggers(sender: Any, using: str, **kwargs: Any) -> None:
    from workflow import row_security
    from workflow.machine import insert_only, triggers

    triggers.install(using)
    insert_only.install(using)
    # Last: the role is given rights on what is there by now.
    row_security.install(using)
