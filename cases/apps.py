from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        from cases import pack_editions
        from cases.ledger import sql

        pack_editions.wire()
        sql.wire()
        post_migrate.connect(pack_editions.forget, sender=self)
