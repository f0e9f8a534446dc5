"""
Kill a PostgreSQL server, all its processes at once, under four writers; start it again and count.

Writers tell each household on a pipe after its commit.
"""

import os
import random
import time

from django.db import connection, transaction

from bench.ground import Ground
from cases.models import Case
from tests.ledger.proofs.killing import Told, survey_and_tell
from tests.ledger.proofs.server import Cluster
from tests.ledger.proofs.state import torn

WRITERS = 4


def crash(
    own: Cluster, grounds: list[Ground], crashes: int, seed: int, *, careless: bool = False
) -> Told:
    """Kill the server so many times under the writers; what was told must be there, and whole."""
    told, chance, told_done = Told(), random.Random(seed), set[str]()
    while told.kills < crashes and not told.lost:
        pipes = [_writer(ground, careless) for ground in grounds]
        time.sleep(chance.uniform(1.0, 2.5))
        own.kill()
        for pid, pipe in pipes:
            with os.fdopen(pipe, "rb") as lines:
                told_done |= {line.decode() for line in lines.read().split(b"\n")[1:-1]}
            os.waitpid(pid, 0)
        connection.close()
        own.start()
        told.kills += 1
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            done = set(Case.objects.filter(state="surveyed").values_list("code", flat=True))
            told.lost, told.half_done = sorted(told_done - done), torn()
        told.acts = len(told_done)
        connection.close()
    return told


def _writer(ground: Ground, careless: bool) -> tuple[int, int]:
    connection.close()
    ours, theirs = os.pipe()
    writer = os.fork()
    if writer == 0:
        os.close(ours)
        try:
            if careless:
                with connection.cursor() as cursor:
                    cursor.execute("SET synchronous_commit = off")
            survey_and_tell(ground, theirs, acknowledge_first=False)
        except Exception:
            os._exit(0)  # the server is gone
        finally:
            os._exit(0)
    os.close(theirs)
    return writer, ours
