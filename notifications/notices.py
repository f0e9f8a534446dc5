"""Writing and reading notices."""

from collections.abc import Iterable
from datetime import datetime

from notifications.models import Notice


def tell(
    users: Iterable[int],
    *,
    kind: str,
    title: str,
    subject: str,
    url: str,
    act_id: int,
    at: datetime,
) -> int:
    """Write one notice to each of the users; return how many."""
    written = Notice.objects.bulk_create(
        [
            Notice(
                user_id=user,
                kind=kind,
                title=title,
                subject=subject,
                url=url,
                act_id=act_id,
                created_at=at,
            )
            for user in users
        ],
        batch_size=1000,
    )
    return len(written)


def recent(user: int, limit: int) -> list[Notice]:
    """Return the latest notices of a user."""
    return list(Notice.objects.filter(user=user)[:limit])


def mark_read(user: int, notices: Iterable[int], at: datetime) -> int:
    """Note that the user has read these of their notices; return how many were unread."""
    unread = Notice.objects.filter(user=user, pk__in=list(notices), read_at__isnull=True)
    return unread.update(read_at=at)
