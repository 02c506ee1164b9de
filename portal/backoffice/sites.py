"""The back office's site class (trang quản trị)."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from portal.core import paths  # noqa: F401 - registers <dossier:…>
from portal.core.errors import NotAllowedError


class BackOfficeSite(AdminSite):
    """Officials' workplace; second factor is enforced by middleware."""

    site_header = _("Cổng Dịch vụ công – Quản trị")
    site_title = _("Quản trị")
    index_title = _("Bàn làm việc")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Officials and staff of the portal."""
        user = request.user
        return bool(user.is_active and user.is_authenticated and (user.is_staff or user.is_official))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's, but a citizen who is signed in reads why she may not enter instead of being sent around."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise NotAllowedError(_("Trang này dành cho cán bộ, công chức."))
            return inner(request, *args, **kwargs)

        guarded.login_url = reverse_lazy("admin:login")  # type: ignore[attr-defined]  # read by LoginRequiredMiddleware
        return guarded

    @method_decorator([never_cache, login_not_required])
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Officials come in by the one door that asks for the second factor."""
        target = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
            target = reverse("admin:index")
        if request.user.is_authenticated:
            return redirect(target if self.has_permission(request) else "site:home")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The portal's own way out."""
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The portal's own page, which knows the second factor."""
        return redirect("account_change_password")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The desk."""
        from portal.backoffice import views

        return views.dashboard(request)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The desk's own pages before the generic ones; imported late: apps are not ready when the site is made."""
        from portal.backoffice import (
            views,
            views_absences,
            views_agency_forms,
            views_board,
            views_builder,
            views_builder_check,
            views_bulk,
            views_bundles,
            views_codes,
            views_console,
            views_counter,
            views_counter_organisation,
            views_counter_supplement,
            views_digitising,
            views_draft,
            views_filters,
            views_operations,
            views_pull,
            views_refunds,
            views_result_templates,
            views_systems,
            views_talk,
            views_till,
            views_workbench,
        )

        def page(address: str, view: Any, name: str) -> URLPattern:
            return path(address, self.admin_view(view), name=name)

        return [
            page("hang-doi/<slug:name>/", views.queue, "queue"),
            page("bo-loc/", views_filters.overview, "saved_filters"),
            page("bo-loc/<int:pk>/", views_filters.show, "saved_filter"),
            page("bo-loc/<int:pk>/sua/", views_filters.change, "saved_filter_change"),
            page("hang-loat/", views_bulk.job_list, "bulk_list"),
            page("hang-loat/moi/", views_bulk.new, "bulk_new"),
            page("hang-loat/<int:pk>/", views_bulk.job, "bulk"),
            page("hang-loat/<int:pk>/dung/", views_bulk.stop, "bulk_stop"),
            page("hang-loat/<int:pk>/tiep/", views_bulk.go_on, "bulk_go_on"),
            page("dieu-hanh/", views_board.overview, "board"),
            page("dieu-hanh/ho-so/", views_board.rows, "board_rows"),
            page("dieu-hanh/bang.<slug:form>", views_board.board_file, "board_file"),
            page("dieu-hanh/ho-so.<slug:form>", views_board.rows_file, "board_rows_file"),
            page("dieu-hanh/lien-thong/", views_bundles.bundle_list, "bundles"),
            page("vang-mat/", views_absences.overview, "absences"),
            page("vang-mat/<int:pk>/ket-thuc/", views_absences.end, "absence_end"),
            page("tim/", views.search, "search"),
            page("ho-so/<dossier:code>/", views_workbench.workbench, "dossier"),
            page("ho-so/<dossier:code>/phan-cong/", views_workbench.assign, "assign"),
            page("ho-so/<dossier:code>/tin-nhan/", views_talk.write, "message"),
            page("ho-so/<dossier:code>/tin-nhan/da-doc/", views_talk.mark_read, "message_read"),
            page("ho-so/<dossier:code>/ghi-chu/", views_talk.note, "note"),
            page("ho-so/<dossier:code>/xem-so-dinh-danh/", views_workbench.reveal, "reveal"),
            page("ho-so/<dossier:code>/ban-du-thao.pdf", views_draft.draft, "draft_paper"),
            page("ho-so/<dossier:code>/phieu-kiem-soat/", views_agency_forms.slip, "control_slip"),
            page("so-theo-doi/", views_agency_forms.book, "register"),
            page("ho-so/<dossier:code>/bo-sung/", views_counter_supplement.supplement, "counter_supplement"),
            page("ho-so/<dossier:code>/buoc/<slug:name>/", views_workbench.step, "step"),
            page("tai-quay/", views_counter.counter, "counter"),
            page("tai-quay/khach/<uuid:public_id>/", views_counter.visit, "counter_visit"),
            page(
                "tai-quay/khach/<uuid:public_id>/to-chuc/",
                views_counter_organisation.organisation,
                "counter_organisation",
            ),
            page("tai-quay/quy/", views_till.overview, "till"),
            page("tai-quay/quy.csv", views_till.file, "till_file"),
            page("tai-quay/ho-so/<dossier:code>/", views_counter.dossier, "counter_dossier"),
            page("tai-quay/ho-so/<dossier:code>/in/<slug:paper>/", views_counter.print_paper, "counter_print"),
            page("hoan-tien/", views_refunds.refund_list, "refunds"),
            page("hoan-tien/<int:pk>/", views_refunds.refund, "refund"),
            page("so-hoa/", views_digitising.digitisations, "digitisations"),
            page("so-hoa/moi/", views_digitising.scan, "digitise"),
            page("so-hoa/<int:pk>/", views_digitising.digitisation, "digitisation"),
            page("van-hanh/", views_operations.overview, "operations"),
            page("van-hanh/<slug:kind>/", views_operations.rows, "work"),
            page("he-thong/", views_systems.system_list, "systems"),
            page("he-thong/<int:pk>/", views_systems.system, "system"),
            page("he-thong/<int:pk>/bang-ma/", views_codes.codes, "system_codes"),
            page("he-thong/<int:pk>/bang-ma.<slug:form>", views_codes.download, "system_codes_file"),
            page("he-thong/<int:pk>/dong-bo/", views_console.sync, "system_sync"),
            page("he-thong/<int:pk>/nguon-keo/", views_pull.source, "system_pull"),
            page("he-thong/<int:pk>/<slug:name>/", views_systems.change, "system_change"),
            page("du-lieu/", views_operations.data, "data"),
            page("nhat-ky-cai-dat/", views_operations.settings_log, "settings_log"),
            page("mau-ket-qua/", views_result_templates.template_list, "templates"),
            page("mau-ket-qua/<int:pk>/", views_result_templates.template, "template"),
            page("mau-ket-qua/<int:pk>/<int:number>.pdf", views_result_templates.preview, "template_preview"),
            page("bieu-mau/", views_builder.procedure_list, "form_list"),
            page("bieu-mau/<str:code>/", views_builder.outline, "form_outline"),
            page("bieu-mau/<str:code>/sua/", views_builder.edit, "form_edit"),
            page("bieu-mau/<str:code>/cau-hoi/<slug:key>/", views_builder.field, "form_field"),
            page("bieu-mau/<str:code>/trang/<slug:key>/", views_builder.page, "form_page"),
            page("bieu-mau/<str:code>/muc/<slug:page_key>/<slug:key>/", views_builder.group, "form_group"),
            page("bieu-mau/<str:code>/xem-truoc/", views_builder_check.preview, "form_preview"),
            page("bieu-mau/<str:code>/xem-truoc/<slug:key>/", views_builder_check.preview_page, "form_preview_page"),
            page("bieu-mau/<str:code>/thu/", views_builder_check.try_answers, "form_try"),
            page("bieu-mau/<str:code>/lich-su/", views_builder_check.history, "form_history"),
            page("bieu-mau/<str:code>/cong-bo/", views_builder_check.publish, "form_publish"),
            *super().get_urls(),
        ]
