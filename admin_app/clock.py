"""The only place that asks what time it is. Times are Taipei wall-clock time (UTC+8, no daylight saving), without a zone."""

import datetime as dt
from zoneinfo import ZoneInfo

TAIPEI = ZoneInfo("Asia/Taipei")


def now() -> dt.datetime:
    """This moment in Taipei, to the microsecond, naive."""
    return dt.datetime.now(TAIPEI).replace(tzinfo=None)


def today() -> dt.date:
    """Today's date in Taipei."""
    return now().date()


def timestamp(moment: dt.datetime) -> float:
    """Seconds since 1970 of a Taipei wall-clock time; what protocols of other systems count in."""
    return moment.replace(tzinfo=TAIPEI).timestamp()
