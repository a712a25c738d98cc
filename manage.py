#!/usr/bin/env python
"""Kangtu's one command line. `python manage.py --help` lists the commands, `manage.py COMMAND --help` explains one.

Each subject's commands stand in one file (workflows/, and dashboards/ for the site), which adds its arguments and
runs them; it is imported only when one of its commands is called, so that a command pays for what it uses.
Exit status: 0 done, 1 the input is at fault (the message says what and where), 2 usage.
"""

import argparse
import importlib
import os
import sys

from data_access.errors import InputError
from settings import Settings

# command -> the module that has add_arguments(command, parser) and run(command, arguments, settings)
COMMANDS = {
    "init-db": ("workflows.database", "make the database, or bring it up to date"),
    "migrate": ("workflows.database", "bring the database up to date"),
    "load-plans": ("workflows.packs", "load plan packs into the database"),
    "load-demo": ("workflows.demo", "load Ordos with synthetic figures"),
    "import": ("workflows.importing", "read a file of figures or of areas, facilities..."),
    "undo-import": ("workflows.importing", "take one import back as a whole"),
    "derive": ("workflows.deriving", "work out the figures that registers yield, list where typed ones differ"),
    "template": ("workflows.importing", "write an empty workbook to fill in"),
    "export": ("workflows.exporting", "write what stands of a kind, in the columns of its template"),
    "judge": ("workflows.judging", "the marks for every target and area"),
    "judge-file": ("workflows.judge_file", "the same for two CSV files, without a database"),
    "forecast-file": ("workflows.forecast_file", "forecast the series of a CSV file, without a database"),
    "coverage-file": ("workflows.coverage_file", "who lives within reach of a facility, for two CSV files"),
    "forecast": ("workflows.forecast_command", "forecast every series in the store, anew where its figures changed"),
    "access-file": ("workflows.access_file", "access scores (2SFCA, E2SFCA, 3SFCA), for two CSV files"),
    "hotspots-file": ("workflows.hotspots_file", "hot spots and outliers of the values of a CSV file; Moran's I"),
    "rates-file": ("workflows.rates_file", "rates of small places, steadied by empirical Bayes"),
    "datum-file": ("workflows.datum_file", "points from one datum into another; does a layer lie about its own?"),
    "siting-file": ("workflows.siting_file", "where sites serve best, for an instance in files"),
    "backtest": ("workflows.backtesting", "make past years' forecasts again and say how good they were"),
    "add-account": ("workflows.accounts", "let somebody in: prints a one-time secret"),
    "disable-account": ("workflows.accounts", "let somebody in no longer"),
    "reset-password": ("workflows.accounts", "give somebody a new one-time secret"),
    "accounts": ("workflows.accounts", "list the accounts"),
    "worker": ("workflows.jobs", "run queued jobs"),
    "serve": ("dashboards.serving", "serve the web site"),
}


def main(argv: list[str]) -> int:
    """Run one command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="manage.py", description="Kangtu 康图")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    wanted = argv[0] if argv else None
    for command, (module, help_text) in COMMANDS.items():
        subparser = subparsers.add_parser(command, help=help_text, description=help_text)
        if command == wanted:
            importlib.import_module(module).add_arguments(command, subparser)
    arguments = parser.parse_args(argv)
    module = importlib.import_module(COMMANDS[arguments.command][0])
    try:
        settings = Settings.from_env(os.environ)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        return module.run(arguments.command, arguments, settings) or 0
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        raise
    except OSError as error:  # a folder in a file's place, no right to read or write it, a full disk
        print(f"{error.filename or '文件'}：不能读写（{error.strerror}）。", file=sys.stderr)
        return 1


def run_from_shell() -> int:
    """main, for output that somebody may stop reading: `manage.py judge | head`."""
    try:
        status = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains on its way out
        status = 1
    return status


if __name__ == "__main__":
    sys.exit(run_from_shell())
