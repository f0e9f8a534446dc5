"""Editions of the procedure: which rules when, one to read, a file more, its difference, its approval."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cases.duties import Duty
from cases.models import Level, PackEdition, Round
from cases.pack_editions import LARGEST_FILE, Denied, load_edition, pack_of, reject
from cases.rules.packs import SHIPPED, Pack, Review, editions_in_force
from cases.rules.packs.files import PackFileError
from cases.rules.packs.writing import write_pack
from workflow import clock
from workflow.machine.apply import legal_day
from workflow.pack_editions import approve, denial, said, text_of
from workflow.pages.doors import Gives, On, door
from workflow.pages.forms.two_officers import FileField, RejectionForm, officers_of, rests_on
from workflow.pages.pack_words import REVIEWS, difference, document
from workflow.pages.person import person
from workflow.running_rounds import by_province, of_province, running_rounds
from workflow.unverified import marks_of

ROUNDS_A_PAGE = 100


@dataclass(frozen=True)
class Edition:
    """One edition in the list; `row` None: it comes with the product."""

    pack: Pack
    row: PackEdition | None
    state: str
    tone: str
    unsure: int
    rounds: int

    @property
    def is_draft(self) -> bool:
        return self.row is not None and not self.row.is_settled


class LoadForm(forms.Form):
    """A file of an edition and the paper it rests on."""

    file = FileField(
        label=gettext_lazy("Tệp quy trình (TOML)"),
        help_text=gettext_lazy(
            "Tải tệp của phiên bản đang áp dụng về, sửa mã, ngày hiệu lực và nội dung, ghi phiên bản bị thay vào mục replaces."
        ),
    )
    paper = rests_on()


class ApprovalForm(forms.Form):
    """A yes, and nothing else."""


@door("ministry", Duty.MANAGE_STANDARDS, on=On.NATION, level=Level.NATION)
@require_safe
def packs(request: HttpRequest) -> HttpResponse:
    """List the editions of each review: what rules, what waits for approval, what was replaced."""
    editions = _editions(legal_day(clock.now()))
    groups = [
        {"title": title, "editions": [each for each in editions if each.pack.review == review]}
        for review, title in REVIEWS.items()
    ]
    spoiled = [row.code for row in _rows() if _pack_or_none(row) is None]
    return render(request, "workflow/packs/list.html", {"groups": groups, "spoiled": spoiled})


@door("ministry", Duty.MANAGE_STANDARDS, on=On.NATION, level=Level.NATION)
@require_safe
def pack(request: HttpRequest, code: str) -> HttpResponse:
    """Show one edition as a document, every row with its article and how sure that is."""
    edition = _edition_or_404(code)
    return render(
        request,
        "workflow/packs/pack.html",
        {
            "edition": edition,
            "facts": _facts(edition),
            "sections": document(edition.pack),
            "marks": marks_of(edition.pack),
            "own": _own(request, edition),
        },
    )


@door("ministry", Duty.MANAGE_STANDARDS, on=On.NATION, gives=Gives.FILE, level=Level.NATION)
@require_safe
def pack_file(request: HttpRequest, code: str) -> HttpResponse:
    """Send an edition as the file that can be changed and loaded as the next one."""
    edition = _edition_or_404(code)
    text = edition.row.content if edition.row is not None else write_pack(edition.pack)
    answer = HttpResponse(text, content_type="application/toml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{code}.toml"'
    return answer


@door("ministry", Duty.MANAGE_STANDARDS, on=On.NATION, level=Level.NATION)
@require_safe
def pack_changes(request: HttpRequest, code: str) -> HttpResponse:
    """Show what an edition changes in the one it replaces, and the running rounds it would touch."""
    edition = _edition_or_404(code)
    replaced = _replaced(edition.pack)
    context: dict[str, Any] = {"edition": edition, "own": _own(request, edition)}
    if replaced is not None:
        province = request.GET.get("tinh", "")
        context |= {
            "replaced": replaced,
            "differences": difference(replaced, edition.pack),
            "provinces": by_province(replaced, edition.pack),
            "province": province,
        }
        if province:
            context |= _rounds_page(request, of_province(replaced, edition.pack, province))
    return render(request, "workflow/packs/changes.html", context)


@door("ministry", Duty.MANAGE_STANDARDS, on=On.NATION, level=Level.NATION)
@require_http_methods(["GET", "HEAD", "POST"])
def pack_load(request: HttpRequest) -> HttpResponse:
    """Take a file as a draft, or name everything that is wrong with it."""
    posted = request.method == "POST"
    form = LoadForm(
        request.POST if posted else None, request.FILES if posted else None, label_suffix=""
    )
    if not posted:
        return render(request, "workflow/packs/load.html", {"form": form})
    problems: list[Any] = []
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row = load_edition(
                text=text_of(file.read(4 * LARGEST_FILE + 1), file.name),
                name=file.name,
                by=person(request),
                at=clock.now(),
                paper=form.cleaned_data["paper"],
            )
        except PackFileError as refused:
            problems = list(said(refused))
        except Denied as denied:
            form.add_error(None, denial(denied))
        else:
            done = _("Đã nạp %(code)s, chờ người thứ hai duyệt.") % {"code": row.code}
            messages.success(request, done)
            return redirect("pack-changes", code=row.code)
    context = {"form": form, "problems": problems}
    return render(request, "workflow/packs/load.html", context, status=422)


@door("ministry", Duty.MANAGE_STANDARDS, on=On.NATION, level=Level.NATION)
@require_http_methods(["GET", "HEAD", "POST"])
def pack_approve(request: HttpRequest, code: str) -> HttpResponse:
    """Say what an approval will do, then approve."""
    edition = _edition_or_404(code)
    form = ApprovalForm(request.POST if request.method == "POST" else None, label_suffix="")
    problems: list[Any] = []
    if form.is_bound and form.is_valid():
        try:
            approve(code=code, by=person(request), at=clock.now())
        except (PackEdition.DoesNotExist, Denied) as refused:
            form.add_error(None, _refusal(refused))
        except PackFileError as refused:
            problems = list(said(refused))
        else:
            messages.success(request, _("Đã duyệt %(code)s.") % {"code": code})
            return redirect("pack", code=code)
    context = {
        "edition": edition,
        "form": form,
        "problems": problems,
        "lines": _what_approval_does(edition.pack),
        "own": _own(request, edition),
    }
    status = 422 if form.is_bound else 200
    return render(request, "workflow/packs/approve.html", context, status=status)


@door("ministry", Duty.MANAGE_STANDARDS, on=On.NATION, level=Level.NATION)
@require_http_methods(["GET", "HEAD", "POST"])
def pack_reject(request: HttpRequest, code: str) -> HttpResponse:
    """Say what a rejection will do, take its reason, then put the draft aside."""
    edition = _edition_or_404(code)
    form = RejectionForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_bound and form.is_valid():
        try:
            reject(
                code=code,
                by=person(request),
                at=clock.now(),
                reason=form.cleaned_data["reason"],
            )
        except (PackEdition.DoesNotExist, Denied) as refused:
            form.add_error(None, _refusal(refused))
        else:
            messages.success(request, _("Đã từ chối %(code)s.") % {"code": code})
            return redirect("packs")
    lines = [
        _("Bản này không bao giờ được áp dụng; nội dung và lý do từ chối vẫn xem được."),
        _("Muốn nạp lại thì nạp với một mã khác."),
    ]
    context = {"edition": edition, "form": form, "lines": lines}
    status = 422 if form.is_bound else 200
    return render(request, "workflow/packs/reject.html", context, status=status)


def _editions(day: date) -> list[Edition]:
    """Return every edition, shipped and loaded, by four queries however many there are."""
    loaded = [(_pack_or_none(row), row) for row in _rows()]
    sound = [(pack, row) for pack, row in loaded if pack is not None]
    followed = [*SHIPPED, *(pack for pack, row in sound if row.approved_by_id)]
    ruling = {pack.code for review in Review for pack in editions_in_force(day, review, followed)}
    rounds = Counter(
        dict(Round.objects.order_by("pack").values_list("pack").annotate(n=Count("pk")))
    )
    return [
        Edition(
            pack,
            row,
            *_state(pack, row, day, ruling),
            marks_of(pack).unsure,
            rounds[pack.code],
        )
        for pack, row in [*((pack, None) for pack in SHIPPED), *sound]
    ]


def _rows() -> QuerySet[PackEdition]:
    return PackEdition.objects.select_related("loaded_by", "approved_by", "rejected_by").order_by(
        "pk"
    )


def _pack_or_none(row: PackEdition) -> Pack | None:
    """Return the pack of a row; what is spoiled is shown to nobody as a procedure."""
    try:
        return pack_of(row)
    except Denied:
        return None


def _state(pack: Pack, row: PackEdition | None, day: date, ruling: set[str]) -> tuple[str, str]:
    if row is not None and row.rejected_by_id:
        return _("Đã từ chối"), "plain"
    if row is not None and not row.approved_by_id:
        return _("Chờ duyệt"), "warn"
    if pack.code in ruling:
        return _("Đang áp dụng"), "good"
    if pack.in_force_from > day:
        return _("Chưa đến ngày"), "plain"
    if pack.covers(day):
        return _("Đã bị thay"), "plain"
    return _("Hết hiệu lực"), "plain"


def _edition_or_404(code: str) -> Edition:
    found = [each for each in _editions(legal_day(clock.now())) if each.pack.code == code]
    if not found:
        raise Http404
    return found[0]


def _replaced(pack: Pack) -> Pack | None:
    """Return the edition that a pack replaces, also where both are still drafts."""
    if not pack.replaces:
        return None
    shipped = [each for each in SHIPPED if each.code == pack.replaces]
    rows = _rows().filter(code=pack.replaces)
    return shipped[0] if shipped else next(filter(None, map(_pack_or_none, rows)), None)


def _own(request: HttpRequest, edition: Edition) -> bool:
    return edition.row is not None and edition.row.loaded_by_id == person(request).pk


def _refusal(refused: Exception) -> str:
    if isinstance(refused, Denied):
        return denial(refused)
    return _("Phiên bản này đi cùng phần mềm: không duyệt hay từ chối được.")


def _what_approval_does(pack: Pack) -> list[str]:
    """Return, as sentences, what follows from approving an edition."""
    facts = {
        "code": pack.code,
        "review": REVIEWS[pack.review],
        "day": f"{pack.in_force_from:%d/%m/%Y}",
        "replaced": pack.replaces,
    }
    lines = [
        _("Từ lúc duyệt, đợt “%(review)s” mở từ ngày %(day)s theo phiên bản %(code)s.") % facts
    ]
    replaced = _replaced(pack)
    if replaced is not None:
        running = running_rounds(replaced, pack)
        lines.append(_("Phiên bản %(replaced)s không nhận đợt mới từ ngày ấy.") % facts)
        lines.append(
            _("%(n)s đợt đang chạy theo %(replaced)s giữ nguyên quy trình cũ.")
            % {**facts, "n": number_format(running.count())}
        )
        lines.append(
            _(
                "Muốn chuyển một đợt sang bản mới thì chủ tịch xã làm việc chuyển ở đợt ấy, sau khi chạy thử."
            )
        )
    lines.append(_("Đã duyệt thì không sửa, không xóa được: sửa bằng một phiên bản khác."))
    return lines


def _facts(edition: Edition) -> list[dict[str, Any]]:
    pack, row = edition.pack, edition.row
    until = f"{pack.in_force_until:%d/%m/%Y}" if pack.in_force_until else None
    facts = [
        (_("Mã"), pack.code),
        (_("Lần ban hành"), pack.edition),
        (_("Từ ngày"), f"{pack.in_force_from:%d/%m/%Y}"),
        (_("Đến trước ngày"), until),
        (_("Thay cho"), pack.replaces or None),
        (_("Số đợt theo phiên bản này"), number_format(edition.rounds)),
        (_("Mã băm nội dung"), pack.fingerprint.hex()),
    ]
    if row is None:
        facts.append((_("Nguồn"), _("Đi cùng phần mềm")))
    else:
        facts += officers_of(row)
    return [{"label": label, "value": value} for label, value in facts]


def _rounds_page(request: HttpRequest, rounds: QuerySet[Round]) -> dict[str, Any]:
    """Return one page of a province's running rounds and the way to the next."""
    asked = request.GET.get("trang", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 5 else 1
    start = max(number - 1, 0) * ROUNDS_A_PAGE
    found = list(rounds[start : start + ROUNDS_A_PAGE + 1])
    rows = [
        {"round": each, "url": reverse("round-act", args=[each.key, "carry_over"])}
        for each in found[:ROUNDS_A_PAGE]
    ]
    more = len(found) > ROUNDS_A_PAGE
    return {"rounds": rows, "next": number + 1 if more else None, "first": number > 1}


urlpatterns: list[URLPattern] = [
    path("quy-trinh/", packs, name="packs"),
    path("quy-trinh/nap/", pack_load, name="pack-load"),
    path("quy-trinh/ma/<slug:code>/", pack, name="pack"),
    path("quy-trinh/ma/<slug:code>/tep.toml", pack_file, name="pack-file"),
    path("quy-trinh/ma/<slug:code>/thay-doi/", pack_changes, name="pack-changes"),
    path("quy-trinh/ma/<slug:code>/duyet/", pack_approve, name="pack-approve"),
    path("quy-trinh/ma/<slug:code>/tu-choi/", pack_reject, name="pack-reject"),
]
