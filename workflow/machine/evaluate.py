"""
Asking a guard of one loaded case, without the database.

`Q.check()` answers True on NULL; here, as in a WHERE clause, unknown is not true.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.lookups import Lookup

from cases.models import Case

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda left, right: left == right,
    "in": lambda left, right: left in right,
    "gt": lambda left, right: left > right,
    "gte": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "lte": lambda left, right: left <= right,
}


def holds(q: Q, case: Case) -> bool:
    """
    Test if the case is known to meet the guard.

    :raises ValueError: if the guard uses a lookup that this evaluator does not know
    """
    return _truth(q, case) is True


def _truth(node: Any, case: Case) -> bool | None:
    """Return True, False or None (unknown), as SQL's three-valued logic does."""
    if isinstance(node, tuple):
        column, _, name = node[0].partition("__")
        return _compare(name or "exact", getattr(case, column), node[1], case)
    if isinstance(node, Lookup):
        return _compare(node.lookup_name or "", _value(node.lhs, case), node.rhs, case)
    answers = [_truth(child, case) for child in node.children]
    if node.connector == Q.OR:
        answer = _either(answers)
    elif node.connector == Q.AND:
        answer = _all(answers)
    else:
        raise ValueError(f"guards know no {node.connector}")
    return None if answer is None else answer is not node.negated


def _either(answers: list[bool | None]) -> bool | None:
    if True in answers:
        return True
    return None if None in answers else False


def _all(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _compare(name: str, left: Any, expected: Any, case: Case) -> bool | None:
    if name == "isnull":
        return (left is None) is expected
    if name not in _COMPARE:
        raise ValueError(f"guards know no lookup {name}")
    right = _value(expected, case)
    if left is None or right is None:
        return None
    return _COMPARE[name](left, right)


def _value(expression: Any, case: Case) -> Any:
    if isinstance(expression, F):
        return getattr(case, expression.name)  # type: ignore[attr-defined]
    if isinstance(expression, Value):
        return expression.value
    if isinstance(expression, CombinedExpression) and expression.connector == "*":
        left, right = _value(expression.lhs, case), _value(expression.rhs, case)
        return None if left is None or right is None else left * right
    return expression
