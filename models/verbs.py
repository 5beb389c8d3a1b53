"""動作 and 匯出用途: what an event says happened, and why a file left. Every `track` and every signature's verb is a `Verb`."""

from __future__ import annotations

from models.vocabulary import Term


class Verb(Term):
    """動作: `name` is stored in the event, `value` is what a person reads."""

    create = "新增"
    update = "修改"
    delete = "刪除"
    restore = "復原刪除"
    revert = "復原變更"
    bulk = "批次辦理"
    undo_bulk = "復原批次辦理"
    imported = "匯入"
    undo_import = "撤銷匯入"
    export = "匯出"
    reveal = "顯示完整個資"
    preview = "預覽"
    download = "下載"
    search = "查閱稽核紀錄"
    explain = "查詢權限"
    refuse = "拒絕"
    sign_in = "登入"
    sign_in_failed = "登入失敗"
    locked = "登入鎖定"
    unlock = "解除登入鎖定"
    sign_out = "登出"
    sessions_ended = "結束登入"
    confirmed = "再次確認身分"
    set_password = "設定密碼"  # noqa: S105 - the word, not a password
    make_link = "產生一次性連結"
    factor_enrol = "設定第二道驗證"
    factor_rename = "更改通行密鑰名稱"
    factor_remove = "移除第二道驗證"
    factor_use = "通過第二道驗證"
    factor_fail = "第二道驗證失敗"
    factor_suspect = "通行密鑰疑遭複製"
    factor_reset = "重設第二道驗證"
    recovery_make = "產生備用碼"
    recovery_use = "使用備用碼"
    oidc_link = "連結學校帳號"
    oidc_refuse = "學校帳號登入被拒"
    create_accounts = "批次建立帳號"
    print_slips = "列印密碼單"
    disable_idle = "停用閒置帳號"
    close_departed = "離校離職結束"
    hand_over = "職務交接"
    undo_hand_over = "撤回交接"
    prepare_year = "備妥次學年職務"
    delegate = "指定代理人"
    revoke_delegation = "撤銷代理"
    open_review = "開始帳號清查"
    confirm_review = "確認帳號清查"
    remind_review = "提醒帳號清查"
    rotate_key = "更換資料金鑰"
    disclose = "提供個資"
    purge = "清除屆期資料"
    save_view = "儲存檢視"
    remove_view = "刪除檢視"
    publish = "發布版本"
    clear = "確認讀法"
    expire = "清除期滿的稽核紀錄"
    back_up = "備份"
    restore_backup = "還原備份"
    drill = "還原演練"
    sign_drill = "簽署還原演練"
    own_copy = "下載自己的資料"
    export_school = "全校匯出"
    import_school = "全校匯入"


UNKNOWN = "其他動作"


def verb_zh(name: str) -> str:
    """An event's verb in words; one this version does not know is never shown in English."""
    return Verb[name].zh if name in Verb.__members__ else UNKNOWN


class ExportPurpose(Term):
    """匯出用途: why a file with personal data leaves the system; asked each time and kept in the event."""

    national = "上傳學習歷程中央資料庫"
    checking = "校內檢核與校對"
    meeting = "工作小組或會議資料"
    rewards = "敘獎與成果彙整"
    family = "學生或家長申請查閱"
    transfer = "轉學或學籍異動"
    statistics = "統計分析"
    keeping = "備份留存"
    other = "其他（請說明）"
