"""Tables of what people do that are not facts of a review."""

from django.db import models


class DemoClock(models.Model):
    """How far the demonstration's clock runs ahead of (or behind) the real one; a single row."""

    offset = models.DurationField()

    def __str__(self) -> str:
        return str(self.offset)
