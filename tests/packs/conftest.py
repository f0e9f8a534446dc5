"""Two officers of the ministry: Xuân loads editions of the procedure, Thanh approves them."""

from collections.abc import Callable, Iterator

import pytest

from cases import pack_editions
from cases.duties import Role
from cases.models import Unit, User


@pytest.fixture
def xuan(appoint: Callable[..., User], nation: Unit) -> User:
    return appoint("xuan", "Mai Thị Xuân", Role.MINISTRY, nation)


@pytest.fixture
def thanh(appoint: Callable[..., User], nation: Unit) -> User:
    return appoint("thanh", "Hồ Văn Thành", Role.MINISTRY, nation)


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    yield
    pack_editions.forget()
