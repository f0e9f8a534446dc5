"""Excel lists in: upload, see what the file would bring and what is wrong, then take it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.duties import Duty
from cases.sheets.workbook import UnreadableWorkbook
from workflow import clock
from workflow.imports.files import NotWhole, Overtaken, ReadFile
from workflow.imports.kinds import KINDS, Kind
from workflow.imports.uploads import UploadGone, drop, keep, kept
from workflow.machine.apply import legal_day
from workflow.pages.doors import Gives, On, door

FAULTS_SHOWN = 200
MEGABYTE = 1024 * 1024
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(forms.Form):
    """A workbook from the officer's computer."""

    file = forms.FileField(
        label=gettext_lazy("Tệp bảng tính"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods"}),
        error_messages={
            "required": gettext_lazy("Hãy chọn một tệp."),
            "empty": gettext_lazy("Tệp rỗng: hãy chọn lại tệp đã lưu và đóng trong Excel."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            raise ValidationError(
                _(
                    "Tệp lớn hơn %(megabytes)d MB: hãy bỏ hình ảnh và trang tính thừa, "
                    "hoặc tách thành từng xã rồi nạp lần lượt."
                )
                % {"megabytes": settings.UPLOAD_MAX_BYTES // MEGABYTE}
            )
        return file


class GoodRowsForm(forms.Form):
    """Taking a part of a file is done on purpose."""

    confirmed = forms.BooleanField(
        label=gettext_lazy("Tôi đã xem các lỗi và chỉ nhận các dòng đúng"),
        error_messages={"required": gettext_lazy("Hãy xác nhận chỉ nhận các dòng đúng.")},
    )


@door("office", Duty.IMPORT, on=On.OWN)
@require_GET
def imports(request: HttpRequest) -> HttpResponse:
    """Show what can be taken, with the empty workbooks."""
    return _uploads_page(request, {})


@door("office", Duty.IMPORT, on=On.OWN)
@require_POST
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Keep an upload for the next step."""
    kind = _kind(code)
    form = UploadForm(request.POST, request.FILES, prefix=code)
    if not form.is_valid():
        return _uploads_page(request, {code: form})
    file = form.cleaned_data["file"]
    token = keep(file.chunks(), name=file.name, owner=_owner(request), kind=kind.code)
    return redirect("import-file", code=code, token=token)


@door("office", Duty.IMPORT, on=On.OWN)
@require_http_methods(["GET", "POST"])
def import_file(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """Show what the file would bring and what is wrong; take it, whole or its good rows."""
    kind = _kind(code)
    try:
        file = _read(request, kind, token)
        if request.method == "POST":
            return _take(request, kind, token, file)
        return _plan_page(request, kind, kind.plan(file))
    except UploadGone:
        messages.warning(request, _("Tệp này đã được nhận hoặc đã quá một ngày: hãy nạp lại."))
        return redirect("imports")
    except UnreadableWorkbook as reason:
        drop(token, owner=_owner(request), kind=code)
        return _uploads_page(request, {code: _form_with(code, str(reason))})
    except Overtaken as reason:
        messages.warning(request, str(reason))
        return redirect("imports")


@door("office", Duty.IMPORT, on=On.NOTHING, gives=Gives.FILE)
@require_GET
def blank(request: HttpRequest, code: str) -> HttpResponse:
    """Hand out an empty workbook with the right sheets and titles."""
    kind = _kind(code)
    response = HttpResponse(kind.blank(), content_type=WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="mau-{kind.code}.xlsx"'
    return response


def _read(request: HttpRequest, kind: Kind, token: str) -> ReadFile[Any]:
    """
    Read a kept upload in the name of the person, at the present moment.

    :raises UploadGone: when it is not this person's, or no longer there
    :raises UnreadableWorkbook: when it cannot be read at all
    """
    upload, at = kept(token, owner=_owner(request), kind=kind.code), clock.now()
    year = legal_day(at).year
    return kind.read(upload.content, name=upload.name, by=request.user, at=at, year=year)


def _take(request: HttpRequest, kind: Kind, token: str, file: ReadFile[Any]) -> HttpResponse:
    good_rows_only = request.POST.get("take") == "good"
    form = GoodRowsForm(request.POST)
    if good_rows_only and not form.is_valid():
        return _plan_page(request, kind, kind.plan(file), form)
    try:
        taken = kind.take(file, good_rows_only=good_rows_only)
    except NotWhole as reason:
        messages.error(request, str(reason))
        return redirect(request.path)
    drop(token, owner=_owner(request), kind=kind.code)
    messages.success(request, _told(kind, taken))
    return redirect("imports")


def _told(kind: Kind, taken: Any) -> str:
    if taken.before:
        return _("Tệp “%(name)s” đã nhận trước đó: không có gì thay đổi.") % {
            "name": taken.plan.name
        }
    told = _("Đã nhận tệp “%(name)s”: %(what)s") % {
        "name": taken.plan.name,
        "what": kind.sentence(taken.total),
    }
    if taken.rows_left_out:
        told += " " + _("Bỏ lại %(count)d dòng có lỗi.") % {"count": taken.rows_left_out}
    return told


def _owner(request: HttpRequest) -> str:
    return str(request.user.pk)


def _kind(code: str) -> Kind:
    if code not in KINDS:
        raise Http404
    return KINDS[code]


def _form_with(code: str, error: str) -> UploadForm:
    form = UploadForm({}, prefix=code)
    form.errors.clear()  # only what was found in the file
    form.add_error("file", error)
    return form


def _uploads_page(request: HttpRequest, bound: dict[str, UploadForm]) -> HttpResponse:
    sheets = [(kind, bound.get(code) or UploadForm(prefix=code)) for code, kind in KINDS.items()]
    context = {"sheets": sheets, "year": legal_day(clock.now()).year}
    return render(
        request, "workflow/imports/uploads.html", context, status=_status(request, bool(bound))
    )


def _plan_page(
    request: HttpRequest, kind: Kind, plan: Any, form: GoodRowsForm | None = None
) -> HttpResponse:
    context = {
        "kind": kind,
        "plan": plan,
        "errors": plan.errors[:FAULTS_SHOWN],
        "errors_more": max(plan.error_count - FAULTS_SHOWN, 0),
        "warnings": plan.warnings[:FAULTS_SHOWN],
        "warnings_more": max(plan.warning_count - FAULTS_SHOWN, 0),
        "bad_count": plan.row_count - plan.good_count,
        "form": form or GoodRowsForm(),
    }
    status = _status(request, request.method == "POST")
    return render(request, "workflow/imports/plan.html", context, status=status)


def _status(request: HttpRequest, wrong: bool) -> int:
    """Return 422 for what must be mended; htmx would not show such an answer."""
    return 422 if wrong and not request.headers.get("HX-Request") else 200


urlpatterns: list[URLPattern] = [
    path("nhap-lieu/", imports, name="imports"),
    path("nhap-lieu/<slug:code>/", upload, name="import-upload"),
    path("nhap-lieu/<slug:code>/mau.xlsx", blank, name="import-blank"),
    path("nhap-lieu/<slug:code>/<str:token>/", import_file, name="import-file"),
]
