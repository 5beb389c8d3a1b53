"""The forms of the pages of `views.regulation`, and what a page says about them."""

from __future__ import annotations

from admin_app.services.editions.readings import LONGEST_REASON
from views.fields import AtMost, BriefField, RocDateField, TidyField
from views.forms import SchoolForm


class CopyForm(SchoolForm):
    """What a draft is called and why it is made."""

    code = TidyField("版本代碼", description="小寫英文、數字與連字號，例如 longtan-115", validators=[AtMost(60)])
    basis = BriefField("修正緣由", most=200, description="例如工作小組決議、來文文號", validators=[AtMost(200)])


class PublishForm(SchoolForm):
    """What article 八 asks for. Nothing is required here: the verb says in one sentence what is missing."""

    adopted_on = RocDateField("校務會議通過日期")
    approved_on = RocDateField("校長核定日期")
    approval_no = TidyField("核定文號", description="例如 龍高教字第 1150001234 號", validators=[AtMost(80)])
    effective_on = RocDateField("生效日期")


class ClearForm(SchoolForm):
    """Why the reading is right."""

    reason = BriefField("確認依據", most=LONGEST_REASON, description="查證的文件、決議或詢問的單位；會與您的姓名一併公開")


def page_errors(form: SchoolForm, problem: str = "") -> list[dict[str, str]]:
    """The form's errors, and a verb's refusal, for `error_summary`."""
    found = [{"id": each.id, "label": each.label.text, "text": each.errors[0]} for each in form if each.errors]
    return [*found, {"id": "", "label": "", "text": problem}] if problem else found
