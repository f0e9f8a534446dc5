"""Who is at the desk."""

from django.http import HttpRequest

from cases.models import User


def person(request: HttpRequest) -> User:
    """Return who is signed in; a page behind a door that is not public has nobody else."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("nobody is signed in")
    return user
