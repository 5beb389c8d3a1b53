"""A file or a claim that is not taken: a sentence the student understands, and the status that fits."""

from __future__ import annotations


class Refused(Exception):
    """Nothing was kept. `sentence` says why and what to do."""

    def __init__(self, sentence: str, status: int = 422) -> None:
        super().__init__(sentence)
        self.sentence, self.status = sentence, status


FULL = "伺服器的儲存空間已滿，這個檔案沒有收下。請稍候再試，並告訴老師。"
STOPPED = "系統偵測到儲存裝置異常，為了不弄丟檔案，暫停收檔。已收的檔案不受影響；請稍候再試。"
AWAY = "檔案儲存服務暫時連不上，這個檔案沒有收下。請稍候一分鐘再試。"
