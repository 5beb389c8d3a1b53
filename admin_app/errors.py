"""What a person reads when something is refused: a sentence that says what to do, never SQL, a traceback or personal data."""

from __future__ import annotations

import re

from sqlalchemy.exc import DBAPIError, IntegrityError

RULES = {
    "ends_after_it_begins": "結束日期不可早於開始日期，請修正後再儲存。",
    "closes_with_a_report_and_measures": "結案前須填通報時間與處置措施，請補上後再儲存。",
    "is_reported_after_it_is_known": "通報時間不可早於知悉時間，請修正後再儲存。",
    "a_report_has_its_number": "填了通報時間就須填通報單編號，請補上後再儲存。",
    "ends_after_it_began": "影響迄不可早於影響起，請修正後再儲存。",
    "is_verified_after_it_was_taken": "還原點的驗證時間不可早於資料時間。",
    "a_signature_has_its_person_and_time": "簽署須同時有簽署人與時間。",
    "is_signed_after_it_ended": "演練結束之後才能簽署。",
    "ends_after_it_starts": "休業式須晚於開學日，請修正後再儲存。",
    "closes_after_it_starts": "關閉日不可早於開學日，請修正後再儲存。",
    "closes_after_it_opens": "截止時間須晚於開始時間，請修正後再儲存。",
    "grade_is_one_to_three": "年級須為 1、2 或 3。",
    "is_not_negative": "人數、時數等數字不可為負，請修正後再儲存。",
    "is_positive": "時數、節數須大於 0，請修正後再儲存。",
    "is_a_score": "成績須在 0 到 100 之間，請修正後再儲存。",
    "fits": "文字超過字數上限（簡述 100 字、諮詢內容 150 字），請精簡後再儲存。",
    "is_written": "必填的文字沒有填寫，請補上後再儲存。",
    "is_a_web_address": "外部連結須以 http:// 或 https:// 開頭，請修正後再儲存。",
    "leaves_after_joining": "退社日不可早於入社日，請修正後再儲存。",
    "a_decision_has_its_day": "填了決議就須填議決日期，請補上後再儲存。",
    "approval_follows_a_decision": "有決議之後才能填核定文號，請先填決議。",
    "what_is_confirmed_has_its_day": "勾選確認時須填確認日期，請補上後再儲存。",
    "what_left_the_draft_was_sent": "已送出的成果須有送出時間。",
    "a_certified_outcome_names_its_certifier": "認證通過須有認證教師與時間。",
    "a_returned_outcome_says_why": "退回須寫明理由，請補上後再送出。",
    "a_doubt_says_what_and_when": "疑義須有內容與提出時間。",
    "a_doubts_answer_says_what_and_when": "疑義的答覆須有內容與時間。",
    "a_question_says_what": "問題回報須寫明問題，請補上後再送出。",
    "nobody_substitutes_for_themselves": "代理教師不能是任課教師本人，請改選別人。",
    "is_one_of_the_places": "已達可勾選的件數上限。",
    "is_a_roc_year": "學年度請填民國年，例如 115。",
    "seat_no_is_1_to_99": "座號須在 1 到 99 之間。",
    "pass_mark_is_a_score": "及格標準須在 0 到 100 之間。",
    "code_has_23_characters": "課程代碼須為 23 碼。",
    "belongs_to_exactly_one_person": "一個帳號須恰屬於一位教職員、學生或家長，請只填一欄。",
    "is_held_by_exactly_one_person": "一筆任期須恰由一位教職員、學生或家長擔任，請只填一欄。",
    "a_confirmed_review_names_who": "已確認的清查須有確認人。",
    "an_imported_batch_has_its_time": "已匯入的批次須有匯入時間。",
    "what_is_undone_was_imported": "只有已匯入的批次可以撤銷，並須有撤銷時間。",
    "a_published_edition_has_its_dates": "發布版本須有校務會議通過日與生效日。",
    "a_cleared_reading_has_a_name_and_a_reason": "確認讀法須填寫確認人與依據。",
    "is_about_at_most_one_person": "一件申請只關於一個人，請只填學生、家長或教職員其中一欄。",
    "an_answer_has_its_day_and_outcome": "答覆日與結果須一起填寫。",
    "is_answered_after_it_came": "答覆日不可早於收件日，請修正後再儲存。",
    "an_extension_says_why": "延長須寫明原因，請補上後再儲存。",
    "a_refusal_says_why": "駁回或部分准許須寫明理由，請補上後再儲存。",
    "months_are_1_to_1200": "保存月數須在 1 到 1200 之間；留白表示不清除。",
    "takes_two_people": "屆期清除須由另一個人確認，提出人不能自己確認。",
    "is_confirmed_before_it_is_done": "屆期清除須先經第二人確認。",
    "sha256_has_64_digits": "檔案的 SHA-256 須為 64 個字元。",
    "a_claim_names_its_record": "檔案所屬的資料須同時有種類與編號。",
}
PLACES = {
    "ends_after_it_begins": ("ended_on", "ended_at"),
    "ends_after_it_starts": ("ends_on",),
    "closes_after_it_starts": ("closed_on",),
    "closes_after_it_opens": ("closes_at",),
    "grade_is_one_to_three": ("grade", "course_grade"),
    "is_a_web_address": ("external_link",),
    "leaves_after_joining": ("left_on",),
    "a_decision_has_its_day": ("decided_on",),
    "approval_follows_a_decision": ("approved_no",),
    "what_is_confirmed_has_its_day": ("confirmed_on",),
    "is_a_roc_year": ("year", "school_year"),
    "seat_no_is_1_to_99": ("seat_no",),
    "pass_mark_is_a_score": ("pass_mark",),
    "code_has_23_characters": ("code",),
    "an_extension_says_why": ("extension_reason",),
    "a_refusal_says_why": ("reason",),
    "is_answered_after_it_came": ("answered_on",),
    "months_are_1_to_1200": ("months",),
}
"""The fields of a form beside which a rule's sentence stands, the first that the form has."""
DUPLICATE = "已有一筆相同的資料（同一對象、學期與名稱），請改為編輯原有的那一筆。"
IN_USE = "還有其他資料用到這一筆，請先處理那些資料後再刪除。"
MISSING = "有必填的欄位沒有填寫，請補上後再儲存。"
TOO_LONG = "有欄位的文字太長，請精簡後再儲存。"
UNKNOWN = "資料不符規定，沒有儲存；請檢查各欄後再試一次。"
LAW = "已發布之版本不得修改，請複製為草案後修正。"
TRAIL = "稽核紀錄只能新增，不能修改或刪除。"
MANIFEST = "收檔總帳只能新增，不能修改或刪除。"
SENT = "已送出認證的成果不能修改；還沒認證的請先撤回，已認證的請另做一版。"
NO_STEP = "這一件目前的狀態不能這樣辦理，可能剛剛已由別人處理，請重新整理頁面。"
_NAME = re.compile(r"ck_\w*?(" + "|".join(sorted(RULES, key=len, reverse=True)) + r")\b")


def places(error: DBAPIError) -> tuple[str, ...]:
    """Names of the fields a refusal is about; empty when it is about the row as a whole."""
    named = _NAME.search(str(error.orig))
    return PLACES.get(named[1], ()) if named else ()


def sentence(error: DBAPIError) -> str:
    """The rule a database refusal stands for, in one sentence."""
    text = str(error.orig)
    if "never changes" in text:
        return LAW
    if "trail only grows" in text:
        return TRAIL
    if "manifest only grows" in text:
        return MANIFEST
    if "what was sent never changes" in text:
        return SENT
    if "no such step" in text:
        return NO_STEP
    named = _NAME.search(text)
    if named:
        return RULES[named[1]]
    lower = text.lower()
    if "too long" in lower:
        return TOO_LONG
    if not isinstance(error, IntegrityError):
        return UNKNOWN
    if "unique" in lower:
        return DUPLICATE
    if "foreign key" in lower:
        return IN_USE
    return MISSING if "not null" in lower or "not-null" in lower else UNKNOWN
