"""Hours of the schedule in no time: its own loop, with a clock and a wait that are handed in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from feeds.schedule import Cron, Every, Rhythm, Run, Schedule

BERLIN = "Europe/Berlin"
HOUR = timedelta(hours=1)
NOTICED = timedelta(seconds=10)
"""After so long, a clock that was set is noticed."""


class Simulation:
    """A schedule whose time passes only where it waits, and where its job takes time.

    `true` is time as it passes, `clock` what the clock shows. Jobs take `takes`, but those that
    begin at a time in `slow` take as long as is said there. Something is shown at each of `shows`.
    """

    def __init__(self, rhythm: Rhythm, start: str) -> None:
        self.true = self.clock = datetime.fromisoformat(start).replace(tzinfo=UTC)
        self.takes = timedelta(0)
        self.slow: dict[str, timedelta] = {}
        self.shows: list[datetime] = []
        self.steps: list[tuple[datetime, timedelta]] = []
        self.begun: list[datetime] = []
        self.said: list[str] = []
        self.end = self.true
        self.is_going_on = False
        self.schedule = Schedule(
            self.job, rhythm, first_now=False, clock=lambda: self.clock, wait=self.pass_
        )

    def job(self, run: Run) -> datetime | None:
        """Note the run, and let it take its time."""
        assert not self.is_going_on
        self.is_going_on = True
        begun = f"{self.clock:%d %H:%M:%S}".removesuffix(":00")
        self.begun.append(self.clock)
        self.said.append(begun if run is Run.SCAN else f"{begun} show")
        coming = [moment for moment in self.shows if moment > self.clock]
        self.pass_(self.slow.get(begun, self.takes).total_seconds())
        self.is_going_on = False
        return min(coming, default=None)

    def pass_(self, seconds: float) -> None:
        """Let time pass, and the clock with it; set the clock where its time has come."""
        self.true += timedelta(seconds=seconds)
        self.clock += timedelta(seconds=seconds)
        while self.steps and self.steps[0][0] <= self.true:
            self.clock += self.steps.pop(0)[1]
        if self.true >= self.end and not self.is_going_on:
            self.schedule.stop(0)

    def run(self, hours: float) -> list[str]:
        """Work for some hours and a minute, and say the days and times of runs in UTC."""
        self.end += hours * HOUR + timedelta(minutes=1)
        self.schedule.work()
        return self.said


def times(day: int, *clock: str) -> list[str]:
    return [f"{day:02} {time}" for time in clock]


def every_hour(day: int, first: int, last: int) -> list[str]:
    return [f"{day:02} {hour:02}:00" for hour in range(first, last + 1)]


# --- An ordinary day --------------------------------------------------------------------


@pytest.mark.parametrize("rhythm", [Every(3_600), Cron("0 * * * *", BERLIN)])
def test_eight_hours(rhythm: Rhythm) -> None:
    """An hour's interval, or each full hour, brings eight runs in eight hours, on time."""
    assert Simulation(rhythm, "2026-10-09T08:00").run(8) == every_hour(9, 9, 16)


def test_something_falls_due_between_scans() -> None:
    """What falls due is shown at that very second, without a scan, and scans come as ever."""
    simulation = Simulation(Every(3_600), "2026-10-09T08:00")
    day = simulation.true.replace(hour=0)
    simulation.shows = [day + timedelta(hours=8, minutes=20), day + 10 * HOUR]
    simulation.shows += [day + timedelta(hours=10, minutes=5, seconds=7), day + 13 * HOUR]
    assert simulation.run(4) == [
        *times(9, "09:00", "10:00", "10:05:07 show", "11:00", "12:00"),
    ]


def test_what_falls_due_during_a_run_is_shown_after_it() -> None:
    """Nothing is skipped because a run went on; two instants that passed bring one run."""
    simulation = Simulation(Every(3_600), "2026-10-09T08:00")
    simulation.slow = {"09 09:00": timedelta(minutes=20)}
    day = simulation.true.replace(hour=0)
    simulation.shows = [day + timedelta(hours=9, minutes=minute) for minute in (5, 10)]
    assert simulation.run(3) == times(9, "09:00", "09:20 show", "10:00", "11:00")


def test_what_cannot_be_shown_is_not_tried_without_end() -> None:
    """A run that gives back an instant that it was begun for waits for the next scan."""
    simulation = Simulation(Every(3_600), "2026-10-09T08:00")
    moment = simulation.true + timedelta(minutes=90)
    simulation.schedule._job = lambda run: (simulation.job(run), moment)[1]  # noqa: SLF001
    assert simulation.run(3) == times(9, "09:00", "09:30 show", "10:00", "11:00")


# --- Clocks that go forward and back --------------------------------------------------------


@pytest.mark.case(47)
def test_the_night_without_an_hour() -> None:
    """When clocks go forward in Berlin, times in the hour that is left out come an hour later."""
    night = "2026-03-28T22:45"
    assert Simulation(Cron("30 * * * *", BERLIN), night).run(8) == [
        *times(28, "23:30"),
        *times(29, "00:00:01", "00:30", "01:30", "02:30", "03:30", "04:30", "05:30", "06:30"),
    ]
    assert Simulation(Cron("30 2 * * *", BERLIN), night).run(8) == times(29, "00:00:01", "01:30")
    assert Simulation(Cron("0 7 * * *", BERLIN), "2026-03-28T00:30").run(32) == [
        *times(28, "06:00"),
        *times(29, "00:00:01", "05:00"),
    ]


@pytest.mark.case(47)
def test_the_night_with_an_hour_twice() -> None:
    """When clocks go back in Berlin, times in the hour that is repeated come twice."""
    night = "2026-10-24T22:45"
    assert Simulation(Cron("*/30 * * * *", BERLIN), night).run(4) == [
        *times(24, "23:00", "23:30"),
        *times(25, "00:00", "00:00:01", "00:30", "01:00", "01:30", "02:00", "02:30"),
    ]
    assert Simulation(Cron("30 2 * * *", BERLIN), night).run(8) == [
        *times(25, "00:00:01", "00:30", "01:30")
    ]
    assert Simulation(Cron("0 7 * * *", BERLIN), "2026-10-24T00:30").run(32) == [
        *times(24, "05:00"),
        *times(25, "00:00:01", "06:00"),
    ]


@pytest.mark.case(47)
def test_intervals_know_no_such_nights() -> None:
    """An interval is the same over each of them; another one begins after midnight in UTC."""
    for night in ("2026-03-28T22:00", "2026-10-24T22:00"):
        simulation = Simulation(Every(3_600), night)
        simulation.run(8)
        distances = {later - earlier for earlier, later in pairwise(simulation.begun)}
        assert distances == {HOUR, timedelta(seconds=1)}
        assert len(simulation.begun) == 9


# --- Clocks that are set ----------------------------------------------------------------------

RHYTHMS: list[Callable[[], Rhythm]] = [lambda: Every(3_600), lambda: Cron("0 * * * *", BERLIN)]


@pytest.mark.case(47)
@pytest.mark.parametrize("rhythm", RHYTHMS)
@pytest.mark.parametrize("step", [timedelta(hours=5), timedelta(days=3_652)])
def test_a_clock_set_forward_brings_one_run(rhythm: Callable[[], Rhythm], step: timedelta) -> None:
    """However many runs the clock has passed over, one comes, and then the usual ones."""
    simulation = Simulation(rhythm(), "2026-10-09T08:00")
    at = simulation.true + timedelta(hours=2, minutes=20)
    simulation.steps = [(at, step)]
    simulation.run(8)
    before, after = simulation.begun[:2], simulation.begun[2:]
    assert before == [at.replace(hour=9, minute=0), at.replace(hour=10, minute=0)]
    assert at + step <= after[0] <= at + step + NOTICED
    assert 6 <= len(after) <= 7
    assert all(later - earlier <= HOUR for earlier, later in pairwise(after))


@pytest.mark.case(47)
@pytest.mark.parametrize("rhythm", RHYTHMS)
@pytest.mark.parametrize("minutes", [10, 50, 300, 3_000, 600_000])
def test_a_clock_set_back_puts_off_no_run(rhythm: Callable[[], Rhythm], minutes: int) -> None:
    """Wherever the clock is set, each run comes within two intervals of the one before."""
    simulation = Simulation(rhythm(), "2026-10-09T08:00")
    at = simulation.true + timedelta(hours=2, minutes=20)
    simulation.steps = [(at, timedelta(minutes=-minutes))]
    simulation.run(8)
    after = simulation.begun[2:]
    assert len(after) >= 5
    assert after[0] - (at - timedelta(minutes=minutes)) <= HOUR
    assert all(timedelta(0) < later - earlier <= HOUR for earlier, later in pairwise(after))


@pytest.mark.case(47)
def test_a_clock_set_back_and_forth_runs_no_more_than_it_must() -> None:
    """A clock that is set back by a day and forward again costs two runs besides the usual."""
    simulation = Simulation(Every(3_600), "2026-10-09T08:00")
    at = simulation.true + timedelta(hours=2, minutes=20)
    day = timedelta(days=1)
    simulation.steps = [(at, -day), (at + timedelta(minutes=10), day)]
    assert len(simulation.run(8)) <= 10


# --- Runs that take their time -------------------------------------------------------------------


@pytest.mark.case(48)
def test_a_slow_refresh_leaves_out_what_an_interval_has_passed() -> None:
    """Refreshes of 90 minutes, an hour apart, begin at each second hour, never two at once."""
    simulation = Simulation(Every(3_600), "2026-10-09T08:00")
    simulation.takes = timedelta(minutes=90)
    assert simulation.run(8) == times(9, "09:00", "11:00", "13:00", "15:00")


@pytest.mark.case(48)
def test_a_slow_refresh_makes_up_once_for_what_cron_named() -> None:
    """Refreshes of 25 minutes, due at each tenth, follow each other: none is skipped, all late."""
    simulation = Simulation(Cron("*/10 8-9 * * *"), "2026-10-09T07:55")
    simulation.takes = timedelta(minutes=25)
    assert simulation.run(4) == times(9, "08:00", "08:25", "08:50", "09:15", "09:40", "10:05")


@pytest.mark.case(48)
def test_a_late_refresh_by_cron_is_not_skipped() -> None:
    """A refresh that is due once a day is done, however late the one before it ends."""
    simulation = Simulation(Cron("0 6,7 * * *"), "2026-10-09T05:55")
    simulation.slow = {"09 06:00": timedelta(hours=3)}
    assert simulation.run(8) == times(9, "06:00", "09:00")


@pytest.mark.case(48)
@pytest.mark.parametrize("rhythm", RHYTHMS)
def test_a_hung_refresh_holds_back_the_others_and_no_longer(rhythm: Callable[[], Rhythm]) -> None:
    """While one hangs none begins; when it ends, one comes within an interval, and all after."""
    simulation = Simulation(rhythm(), "2026-10-09T08:00")
    simulation.slow = {"09 09:00": timedelta(hours=5, minutes=20)}
    said = simulation.run(10)
    assert said[0] == "09 09:00"
    assert said[1] == ("09 15:20" if rhythm().makes_up is False else "09 14:20")
    assert len(said) >= 3


@pytest.mark.case(47)
def test_a_refresh_over_midnight_is_followed_by_another() -> None:
    """The day's run comes when the one that was going on at midnight has ended, on one day each."""
    simulation = Simulation(Every(3_600), "2026-10-09T22:30")
    simulation.slow = {"09 23:30": timedelta(minutes=45)}
    assert simulation.run(4) == [
        "09 23:30",
        *times(10, "00:15", "01:00:01", "02:00:01"),
    ]


# --- Cron, by a count of all minutes ------------------------------------------------------------


@pytest.mark.parametrize("month", ["2026-03", "2026-10"])
@pytest.mark.parametrize(
    ("expression", "is_due"),
    [
        ("*/20 * * * *", lambda t: t.minute % 20 == 0),
        ("5 4-8/2 * * *", lambda t: t.minute == 5 and t.hour in {4, 6, 8}),
        ("0 12 * * 0", lambda t: (t.hour, t.minute, t.isoweekday()) == (12, 0, 7)),
        ("0 12 * * 5-7", lambda t: (t.hour, t.minute) == (12, 0) and t.isoweekday() >= 5),
        ("0 12 * * 1-5", lambda t: (t.hour, t.minute) == (12, 0) and t.isoweekday() <= 5),
        (
            "0 12 13 * fri",
            lambda t: (t.hour, t.minute) == (12, 0) and (t.day == 13 or t.isoweekday() == 5),
        ),
    ],
)
def test_cron_is_due_when_it_says(
    month: str, expression: str, is_due: Callable[[datetime], bool]
) -> None:
    """In months in which clocks change, runs are due at exactly the minutes that are named."""
    zone = ZoneInfo(BERLIN)
    start = datetime.fromisoformat(f"{month}-01").replace(tzinfo=UTC)
    minutes = [start + timedelta(minutes=number) for number in range(1, 40 * 24 * 60)]
    expected = [minute for minute in minutes if is_due(minute.astimezone(zone))]
    rhythm, found = Cron(expression, BERLIN), [start]
    while found[-1] < minutes[-1]:
        found.append(rhythm.following(found[-1], found[-1]))
    marks = {moment for moment in found if (moment.hour, moment.minute, moment.second) == (0, 0, 1)}
    named = [moment for moment in found[1:] if moment not in marks and moment <= minutes[-1]]
    assert named == expected
    assert len(marks) >= 39
