import pytest

from settings import Settings


def test_without_variables_the_site_is_this_machines_own():
    settings = Settings.from_env({})

    assert (settings.site, settings.host, settings.port) == ("internal", "127.0.0.1", 8050)
    assert settings.database_url == "sqlite:///var/kangtu.db"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KANGTU_SITE", "both"),
        ("KANGTU_HOST", "example.org"),
        ("KANGTU_PROXIES", "-1"),
        ("KANGTU_PLAIN_HTTP", "1"),
        ("KANGTU_PORT", "0"),
        ("KANGTU_PORT", "８０５０"),
        ("KANGTU_DATABASE_URL", "kangtu.db"),
        ("KANGTU_DATABASE_URL", "mysql://host/kangtu"),
    ],
)
def test_a_variable_that_cannot_be_is_named(name, value):
    with pytest.raises(ValueError, match=name):
        Settings.from_env({name: value})


def test_a_refused_database_address_is_not_repeated_as_it_may_hold_a_password():
    with pytest.raises(ValueError) as refusal:
        Settings.from_env({"KANGTU_DATABASE_URL": "mysql://kangtu:hunter2@host/kangtu"})

    assert "hunter2" not in str(refusal.value)
