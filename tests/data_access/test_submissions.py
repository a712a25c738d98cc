from datetime import UTC, date, datetime

from data_access import submissions


class EveningInLondon(datetime):
    """A clock that stands at 20:30 UTC on 31 December 2026: 04:30 of New Year's Day in Beijing."""

    @classmethod
    def now(cls, tz=None):
        return datetime(2026, 12, 31, 20, 30, tzinfo=UTC).astimezone(tz)


def test_today_is_the_day_in_the_office_wherever_the_server_stands(monkeypatch):
    monkeypatch.setattr(submissions, "datetime", EveningInLondon)

    assert submissions.office_today() == date(2027, 1, 1)
