"""The words of the rule: code in English, value in 中文. One word for one thing; the glossary page is printed from here."""

from __future__ import annotations

import enum


class Term(enum.Enum):
    """A fixed word: `name` is stored and used in code and URLs, `value` is what a person reads."""

    @property
    def zh(self) -> str:
        return str(self.value)

    def __str__(self) -> str:
        return str(self.value)


class Division(Term):
    """部別: a wall. Staff of one side see that side only, unless a row of the edition says otherwise."""

    day = "日校"
    evening = "進修部"


class Act(Term):
    """What a person may do to a subject. The first ten are the duty table's; the rest are acts only relation rows name."""

    record = "登錄"
    check = "檢核"
    confirm = "確認"
    certify = "認證"
    submit = "總提交"
    manage = "管理"
    train = "辦理訓練"
    brief = "辦理說明"
    remind = "提醒"
    review = "檢核彙整"

    read = "查閱"
    unmask = "查閱完整個資"
    open_semester = "開設學期"
    publish = "發布版本"
    clear = "確認待確認事項"
    convene = "召開會議"
    decide = "議決"
    extend = "核予延期"
    transfer = "辦理轉學交換"
    import_acknowledgement = "匯入收訖明細"
    answer = "答覆問題回報"
    release = "核定送出"
    select = "勾選"
    propose = "提請敘獎"
    explain = "查詢權限"
    delegate = "指定代理人"
    disclose = "提供個資查閱"
    purge = "清除屆期資料"
    settle = "裁處"


class Subject(Term):
    """What an act is done to: a record kind or a named activity of the duty table, then subjects only relation rows name."""

    platform = "學習歷程檔案平臺"
    accounts = "帳號權限"
    student_registry = "學籍資料"
    elective_course = "選修課程名稱"
    career_plan_general = "普科學類群探索與就業規劃"
    career_plan_vocational = "職科學類群探索與就業規劃"
    consultation = "課程諮詢紀錄"
    grade = "修課成績"
    outcome = "課程學習成果"
    class_office = "班級幹部"
    club_membership = "社團參與"
    club_office = "社團幹部"
    certificate_or_skill_contest = "技能證照檢定、技藝技能競賽得獎"
    sports_contest = "體育競賽得獎"
    achievement = "多元表現"
    student_training = "學生訓練"
    course_guidance = "選課輔導"
    teacher_workshop = "教師專業研習"
    parent_briefing = "親師說明"
    class_completion = "班級登錄情形"
    unit_completion = "單位辦理情形"

    school_office = "校級幹部"
    class_list = "班級與科別"
    course_plan = "課程與配課"
    guardian = "家長"
    calendar = "學年度與學期"
    edition = "補充規定版本"
    meeting = "工作小組會議"
    extension = "延期"
    student_transfer = "轉學資料交換"
    acknowledgement = "收訖明細"
    problem_report = "問題回報"
    package = "提交名冊"
    award = "敘獎"
    event = "稽核紀錄"
    permission = "權限"
    access_review = "帳號清查"
    delegation = "職務代理"
    personal_data = "個人資料"
    retention = "保存與清除"
    unstaffed_outcome = "無任課教師之課程學習成果"
    substitution = "任課代理"


class Timing(Term):
    """時間: when a row's work is due. It says when, and never locks anything."""

    summer = "暑假"
    term_start = "每學期期初"
    midterm = "一上學期中"
    term_end = "每學期期末"
    school_affairs_meeting = "校務會議"
    first_semester = "上學期"


class Scope(Term):
    """How far a holder of a post reaches: the relation between the person and the row."""

    division = "全部別"
    own = "本人"
    children = "子女"
    homeroom = "導師班"
    taught = "任教課程"
    counselled = "分配之學生"
    department = "本科"
    assigned_class = "任課班級"
    unit = "本單位"


class EditionStatus(Term):
    """An edition is written as a draft and becomes law with a date; then it never changes."""

    draft = "草案"
    published = "已發布"


class SemesterTerm(Term):
    """學期別."""

    first = "第1學期"
    second = "第2學期"


class Gender(Term):
    """性別, with the national code as its order: 1 男, 2 女."""

    male = "男"
    female = "女"


class EnrolmentStatus(Term):
    """學籍狀態 as the rosters print it."""

    enrolled = "在學"
    suspended = "休學"
    transferred = "轉出"
    withdrawn = "退學"
    graduated = "畢業"
    completed = "修業期滿"


class WindowKind(Term):
    """What a window opens for."""

    upload = "學生上傳"
    certification = "教師認證"
    selection = "學生勾選"
    confirmation = "收訖明細確認"
    achievement = "多元表現登錄"


class Language(Term):
    """A language of the interface, by its own name."""

    chinese = "中文"
    english = "English"


class Track(Term):
    """普科 or 職科: which career plan a department's students have."""

    general = "普科"
    vocational = "職科"


class SignInMethod(Term):
    """登入方式: by what a person showed who they are."""

    password = "密碼"  # noqa: S105 - the word, not a password
    demo = "示範學校一鍵登入"
    passkey = "通行金鑰"
    school_account = "學校或縣市帳號"


class EndReason(Term):
    """Why a sign-in no longer counts; the value is what the person reads on the sign-in page."""

    signed_out = "已登出。"
    ended_elsewhere = "這個登入已由您的另一部裝置結束，請重新登入。"
    idle = "一段時間沒有操作，為保護資料已自動登出，請重新登入。"
    absolute = "登入已達時間上限，請重新登入。"
    password = "密碼已更改，請以新密碼重新登入。"  # noqa: S105 - a sentence
    disabled = "帳號已停用或到期，請洽管理帳號的單位。"
    departed = "您已離校或離職，帳號不再開放登入；紀錄都還保留。"
    post_ended = "登入時的職務已結束，請重新登入。"
    keeper = "管理帳號的單位已結束這個登入，請重新登入。"


class LinkPurpose(Term):
    """What a one-time link is for."""

    given = "由管理帳號者產生"
    forgotten = "本人忘記密碼"
