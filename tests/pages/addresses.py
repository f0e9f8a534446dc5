"""Every address of the site on one commune's things, for tests that open them all."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cases.rules.packs import PACKS

POST_ONLY = {
    "sign-out",
    "set_language",
    "demo-clock",
    "import-upload",
    "end-session",
    "new-recovery-codes",
    "remove-factor",
}
# What an address may name: the objects of a round ...
OF_TAN_LAP: dict[str, Any] = {
    "key": "2024-24646",
    "village": "24646.001",
    "code": "24646-00001",
    "number": 1,
}
# ... or a thing that belongs to no commune. A new word must be added here, so that it is tried.
OTHER_WORDS: dict[str, dict[str, Any]] = {
    "nhap-lieu/<slug:code>/": {"code": "danh-sach-ho"},
    "nhap-lieu/<slug:code>/mau.xlsx": {"code": "danh-sach-ho"},
    "nhap-lieu/<slug:code>/<str:token>/": {"code": "danh-sach-ho", "token": "a" * 32},
    "bao-cao/<int:number>/": {"number": 2},
    "ban-kiem-tra/mau/<int:number>/": {"number": 1},
    "ban-kiem-tra/phat-hien/<int:number>/": {"number": 1},
    "chuan-dia-phuong/ma/<slug:code>/": {"code": "minh-hoa-67"},
    **{
        f"quy-trinh/ma/<slug:code>/{page}": {"code": "qd24-2021-2cap"}
        for page in ("", "tep.toml", "thay-doi/", "duyet/", "tu-choi/")
    },
    "bao-cao/<int:number>/tai-ve/<slug:kind>/": {"number": 2, "kind": "csv"},
    # The first assignment is Lan's in Tân Lập; the nation's roles are given by nobody on a page.
    **{
        f"phan-cong/<int:number>/{page}/": {"number": 1}
        for page in ("thoi-giu", "uy-quyen", "lam-thay")
    },
    **{
        f"bo-phan/{page}": {"number": 1}
        for page in ("<int:number>/", "<int:number>/them/", "thanh-vien/<int:number>/thoi-giu/")
    },
    "phan-cong/don-vi/<str:unit>/them/": {"unit": "VN"},
    "bo-phan/don-vi/<str:unit>/lap/": {"unit": "VN"},
    "nguoi-lien-quan/<int:number>/het/": {"number": 1},
}
ACTS = sorted({act.code for pack in PACKS.values() for act in pack.acts})


def routes(patterns: list[Any] | None = None) -> Iterator[URLPattern]:
    """Yield every address of the site."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        else:
            yield pattern


def names(route: URLPattern) -> set[str]:
    return set(route.pattern.converters)


def urls_of(route: URLPattern, objects: dict[str, Any]) -> list[str]:
    """Return the addresses of a route on the objects; one for each act if it names an act."""
    known = OTHER_WORDS.get(str(route.pattern), objects)
    unknown = names(route) - known.keys() - {"act"}
    assert not unknown, f"{route.pattern}: say above what {unknown} names"
    kwargs = {name: known[name] for name in names(route) & known.keys()}
    if "act" not in names(route):
        return [reverse(str(route.name), kwargs=kwargs)]
    return [reverse(str(route.name), kwargs={**kwargs, "act": act}) for act in ACTS]


def scoped_routes() -> list[URLPattern]:
    """Return the routes whose address names a round, and perhaps a village or a household of it."""
    return [route for route in routes() if "key" in names(route)]


def open_routes() -> list[URLPattern]:
    """Return the routes that name no object of a commune: lists, forms and the desk."""
    return [r for r in routes() if "key" not in names(r) and r.name not in POST_ONLY]
