"""A browser's own description and its address, in words a person recognises."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android 手機或平板"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "三星瀏覽器"),
    ("Line/", "LINE 內建瀏覽器"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
UNKNOWN = "不明裝置"


def device_words(user_agent: str) -> str:
    """「Windows 上的 Chrome」; nothing of the browser's own text is kept."""
    system = next((zh for sign, zh in SYSTEMS if sign in user_agent), "")
    browser = next((zh for sign, zh in BROWSERS if sign in user_agent), "")
    if system and browser:
        return f"{system} 上的 {browser}"
    return system or browser or UNKNOWN


def short_source(address: str) -> str:
    """An address without its last part: enough to tell home from school, not enough to name a machine."""
    try:
        found = ip_address(address)
    except ValueError:
        return "來源不明"
    if isinstance(found, IPv6Address):
        return f"{ip_network((found, 48), strict=False).network_address}…"
    return address.rpartition(".")[0] + ".*"


def neighbourhood(address: str) -> str:
    """The source failures are counted under: one IPv4 address, or the /64 an IPv6 household gets."""
    try:
        found = ip_address(address)
    except ValueError:
        return "?"
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return address
