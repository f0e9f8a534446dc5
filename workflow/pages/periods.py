"""What a review is called on pages, by its kind and its time."""

from django.utils.translation import gettext as _

from cases.models import Round


def review_title(round: Round) -> str:
    """Return "Đợt rà soát năm 2024", or what a monthly review is with its month."""
    if not round.month:
        return _("Đợt rà soát năm %(year)s") % {"year": round.year}
    return _("%(kind)s tháng %(month)s") % {
        "kind": round.get_kind_display(),
        "month": f"{round.month:02d}/{round.year}",
    }


def period_of(round: Round) -> str:
    """Return the place and the time of a review, for a line above the page's heading."""
    if not round.month:
        return _("%(place)s, năm %(year)s") % {"place": round.commune_name, "year": round.year}
    return f"{round.commune_name}, {review_title(round)}"
