"""When to refresh: one job, again and again, by a rhythm and the clock that are handed in."""

from feeds.schedule.loop import Schedule, start_schedule
from feeds.schedule.rhythms import Cron, Every, Rhythm
from feeds.schedule.timetable import Run, Timetable

__all__ = ["Cron", "Every", "Rhythm", "Run", "Schedule", "Timetable", "start_schedule"]
