"""The commands that make the database and bring it up to date."""

from argparse import ArgumentParser, Namespace

from data_access.engine import make_engine
from data_access.schema import upgrade
from settings import Settings


def add_arguments(command: str, parser: ArgumentParser) -> None:
    """Neither command takes any: KANGTU_DATABASE_URL says which database."""


def run(command: str, arguments: Namespace, settings: Settings) -> None:
    """Make the tables or bring them up to date; both commands may be run again at any time."""
    engine = make_engine(settings.database_url)
    upgrade(engine)
    # the address without its password
    print(f"Up to date: {engine.url.render_as_string(hide_password=True)}")
