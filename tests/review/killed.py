"""Posts a village's list and waits in the middle of it, for somebody to kill this process."""

import os
import sys
import time
from datetime import datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from cases.models import User, VillageReview  # noqa: E402
from workflow.acts import posting  # noqa: E402
from workflow.machine import record  # noqa: E402


def stop_here(*arguments: object) -> None:
    # Every case has moved, and no event is written yet.
    sys.stdout.write("half way\n")
    sys.stdout.flush()
    time.sleep(60)


setattr(record, "write_events", stop_here)  # noqa: B010
review = VillageReview.objects.get(pk=int(sys.argv[1]))
posting.post_list(
    village_review=review,
    village_place="Nhà văn hóa",
    commune_place="Trụ sở",
    by=User.objects.get(username="hung"),
    at=datetime.fromisoformat(sys.argv[2]),
    key="killed",
)
