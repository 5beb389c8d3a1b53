"""Invented names for the demo school: 漢人姓名 with compound surnames and rare characters, and 原住民族 names."""

from __future__ import annotations

import random
from collections.abc import Callable

from models.vocabulary import Gender


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SURNAMES = _words(
    "陳 林 黃 張 李 王 吳 劉 蔡 楊 許 鄭 謝 郭 洪 曾 邱 廖 賴 周 徐 蘇 葉 莊 呂 江 何 蕭 羅 高 潘 簡 朱 鍾 游 彭 詹 胡 施 沈 "
    "余 盧 梁 趙 顏 柯 翁 魏 孫 戴 范 方 宋 鄧 杜 傅 侯 曹 薛 丁 卓 阮 馬 董 温 唐 藍 石 蔣 古 紀 姚 連 馮 歐 程 湯 田 康 姜 "
    "汪 白 鄒 尤 巫 涂 龔 嚴 韓 袁 鄔 黎 凃 宗 倪"
)
COMMON = 24
"""The first so many surnames are the common ones: half of all people have one of them."""
COMPOUND = ("歐陽", "范姜", "張簡", "江謝", "張廖", "司徒")

MALE = _words(
    "承恩 宥廷 品睿 冠宇 柏翰 宗翰 冠廷 家豪 彥廷 柏宇 俊宇 子軒 宇翔 承翰 柏均 哲瑋 建宏 信宏 志豪 俊傑 明哲 育誠 政諺 "
    "柏諺 昱辰 睿恩 恩齊 祐嘉 紹齊 奕辰 家瑋 冠霖 聖傑 子謙 佑誠 宸瑋 偉倫 嘉宏 崇恩 皓宇 奕安 晉瑋 昱翔 建勳 冠豪 智凱 仕傑 "
    "柏勳 東霖 孟翰 靖凱 楷鈞 翊鈞 展維 彥宏 翔宇 煒傑 浩平 書豪 崧佑 品翰 禹丞 柏鈞 紹恩 家誠 泓毅 皓翔 宇恆 韋辰 國瑋 尚霖 "
    "君豪 亦凡 晟瑞"
)
FEMALE = _words(
    "詠晴 子涵 品妤 宜蓁 雅婷 怡君 佳穎 欣妤 思妤 筱涵 宥蓁 婕妤 芷瑄 語彤 采潔 郁婷 昱瑄 庭瑜 羽彤 宛真 嘉玲 佩珊 靜宜 惠雯 "
    "雅筑 詩涵 鈺婷 姿妤 若瑜 昕妤 沛晴 奕璇 依庭 宜庭 心妍 心怡 湘婷 意涵 家綺 映彤 柔安 禹彤 韻如 苡瑄 品蓉 妍希 以柔 妤蓁 "
    "紫晴 恩慈 巧薇 曉晴 玟君 雨潔 芸萱 亭妤 孟璇 怡萱 冠妤 凱琳 翊涵 芷晴 佳恩 薇安 敏慈 珮瑜 思穎 千惠 鈞婷 亞萱 瑀晨 媛婷 "
    "可馨 怡臻"
)
MALE_ELDER = _words(
    "志明 建宏 俊雄 國華 明德 文彬 榮輝 清松 錦輝 文雄 信男 正義 永福 德昌 仁傑 宏志 世昌 家興 振堃 國峯 志偉 俊傑 志強 建志 "
    "武雄 文傑 明宏 耀宗 炳煌 瑞祥 維德 順安 啟明 志成 嘉明 宗憲 明輝 進興 永昌 政宏"
)
FEMALE_ELDER = _words(
    "淑芬 美玲 秀英 麗華 淑惠 素貞 惠美 玉蘭 雅惠 美鳳 淑貞 麗雲 慧娟 麗卿 惠珍 淑娟 雅玲 淑玲 美雪 惠玲 翠玲 靜芬 怡君 雅芬 "
    "淑華 秋蓉 佩玲 美惠 玉婷 麗娟 素琴 婉如 慧玲 佳蓉 鳳嬌 明珠 瑞蓮 碧雲"
)
SINGLE = {Gender.male: _words("諺 勳 霖 昇 均 德 豪"), Gender.female: _words("芳 玲 琪 晴 瑄 潔 妍 萱")}
INDIGENOUS = {
    Gender.male: _words("瓦旦 尤幹 哈勇 巴尚 尤敏 鐵木 布達 達利 巴彥 比令 雅衛 烏明"),
    Gender.female: _words("雅幼 里慕伊 比黛 尤瑪 莎韻 瑁瑁 阿雅 沙莉 吉娃斯 伊婉 莉穆伊 米甘"),
}
DOT = "‧"
RARE = {Gender.male: _words("堃宏 喆宇 政峯 瑠恩 峯 志堃"), Gender.female: _words("若瑠 喆安 子堃 語喆 靜堃 瑠")}
"""Given names with characters that old encodings lack or that people type in another form."""


class Namer:
    """Gives out names by a chance of its own; no name twice."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._taken: set[str] = set()

    def person(self, gender: Gender) -> str:
        """A young person's name, or that of a member of staff."""
        return self._new(lambda: self._surname() + self._given(gender))

    def indigenous(self, gender: Gender) -> str:
        """A name and the father's name, as the 身分證 prints them."""
        return self._new(lambda: self._of_father(self._chance.choice(INDIGENOUS[gender])))

    def parent_of(self, name: str, gender: Gender) -> str:
        """A parent's name: a father has the child's surname, a mother her own."""
        if DOT in name:
            return self._of_father(name.split(DOT)[1]) if gender is Gender.male else self.indigenous(gender)
        surname = surname_of(name) if gender is Gender.male else self._surname()
        return surname + self._chance.choice(MALE_ELDER if gender is Gender.male else FEMALE_ELDER)

    def _new(self, make: Callable[[], str]) -> str:
        while (name := make()) in self._taken:
            continue
        self._taken.add(name)
        return name

    def _of_father(self, own: str) -> str:
        return own + DOT + self._chance.choice([each for each in INDIGENOUS[Gender.male] if each != own])

    def _surname(self) -> str:
        if self._chance.random() < 0.02:
            return self._chance.choice(COMPOUND)
        return self._chance.choice(SURNAMES[:COMMON] if self._chance.random() < 0.5 else SURNAMES)

    def _given(self, gender: Gender) -> str:
        luck = self._chance.random()
        if luck < 0.05:
            return self._chance.choice(SINGLE[gender] if luck < 0.03 else RARE[gender])
        return self._chance.choice(MALE if gender is Gender.male else FEMALE)


def surname_of(name: str) -> str:
    """`范姜婉銘` → `范姜`."""
    return next((each for each in COMPOUND if name.startswith(each)), name[:1])
