"""Django's admin, tuned: related rows in the page's statement, pickers instead of selects, no second count."""

import csv

from django.contrib import admin
from django.http import StreamingHttpResponse
from django.urls import path

from school import models

LABELS = ["student__name", "teaching__course__name", "teaching__staff__name"]
EXPORTED = [
    "student__school_class__name",
    "student__seat_no",
    "student__student_no",
    "student__name",
    "teaching__course__code",
    "teaching__course__name",
    "name",
    "brief",
    "practical",
    "state",
    "sent_at",
    "certified_at",
    "certified_by__name",
    "certification_note",
]


class Echo:
    def write(self, value):
        return value


@admin.register(models.SchoolClass, models.Staff, models.Course, models.Student)
class Named(admin.ModelAdmin):
    search_fields = ["name"]
    list_per_page = 50


@admin.register(models.Teaching)
class TeachingAdmin(admin.ModelAdmin):
    search_fields = ["course__name"]
    list_select_related = ["school_class", "course", "staff"]


@admin.register(models.Outcome)
class OutcomeAdmin(admin.ModelAdmin):
    list_display = [*LABELS, "name", "practical", "state", "sent_at", "certified_at"]
    list_select_related = ["student", "teaching__course", "teaching__staff"]
    list_per_page = 50
    list_filter = ["state", "practical"]
    search_fields = ["student__name", "student__student_no", "name", "teaching__course__name"]
    ordering = ["student__school_class_id", "student__seat_no", "name"]
    fields = ["student", "teaching", "name", "brief", "practical"]
    autocomplete_fields = ["student", "teaching"]
    show_full_result_count = False

    def lookup_allowed(self, lookup, value, request=None):
        return lookup in ("student__school_class__name", "semester_id") or super().lookup_allowed(lookup, value, request)

    def get_urls(self):
        return [path("export/", self.admin_site.admin_view(self.export)), *super().get_urls()]

    def export(self, request):
        """Django's admin exports nothing by itself: the streaming recipe of its documentation."""
        rows = self.get_queryset(request).filter(semester_id=request.GET["semester"]).values_list(*EXPORTED)
        writer = csv.writer(Echo())

        def lines():
            yield writer.writerow(EXPORTED)
            for row in rows.iterator(2000):
                yield writer.writerow(row)

        return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")


@admin.register(models.Newest)
class NewestAdmin(OutcomeAdmin):
    ordering = ["-id"]


@admin.register(models.Mine)
class MineAdmin(OutcomeAdmin):
    """Row-level filter: the works in the courses of whoever is signed in."""

    def get_queryset(self, request):
        return super().get_queryset(request).filter(teaching__staff__code=request.user.username)
