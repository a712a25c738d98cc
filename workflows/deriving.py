"""Figures worked out of registers, so that nobody types twice what a programme, a health cell or a task already says.

Each derivation names the kinds of import after which it is refreshed and works out figures in the columns of FIGURES. They
go into the ledger as a submission of their own kind, which names the import they follow from. A figure that somebody
typed as final or revised is never overwritten: where it differs, the difference is told. A provisional one gives way.
"""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sqlalchemy import Engine, select

from data_access import submissions as heads
from data_access.engine import make_engine, writing
from data_access.errors import InputError
from data_access.indicators import read_indicators
from data_access.ledger import STAGED, end_figures, staging
from data_access.observations import read_observations, read_touched
from data_access.periods import parse_period
from data_access.schema import is_current
from data_access.submissions import DERIVED
from data_access.tables import submissions
from models.units import UNITS
from settings import Settings
from workflows import programme_figures, register_figures

FIGURES = {
    "indicator_id": "str",
    "area_id": "str",
    "period": "str",
    "numerator": "float64",
    "denominator": "float64",  # NaN: the numerator is the figure
    "status": "str",  # provisional or final
    "note": "str",  # where it comes from
}
KEY = ["indicator_id", "area_id", "period"]
CERTIFIED = ("final", "revised")  # statuses of a typed figure that stands against a derived one
LISTED = 5
SENDER = "由登记数据推算"


@dataclass(frozen=True)
class Derivation:
    """kinds: after an import of these it is refreshed.

    work_out(engine, submission_id) -> FIGURES: what the import or undo (None: everything) may have changed.
    covers(engine, submission_id) -> indicator_id, area_id, since: where and from what time on (calendar year) its answer
    is whole: a derived figure there that is not in the answer follows from nothing any more.
    indicators(engine): what it may yield. work_out_again(engine, figures) -> FIGURES that hold at least what it says of
    some figures: indicator_id, area_id, period, time.
    """

    kinds: frozenset[str]
    work_out: Callable[[Engine, int | None], pd.DataFrame]
    covers: Callable[[Engine, int | None], pd.DataFrame]
    indicators: Callable[[Engine], set[str]]
    work_out_again: Callable[[Engine, pd.DataFrame], pd.DataFrame]


def _of(worked_out) -> Derivation:
    return Derivation(
        worked_out.KINDS, worked_out.work_out, worked_out.covers, worked_out.indicators, worked_out.work_out_again
    )


DERIVATIONS: Mapping[str, Derivation] = {"programmes": _of(programme_figures), "registers": _of(register_figures)}


@dataclass
class Derived:
    """What became of the figures: stored, replaced (of these, provisional typed ones), same, and the conflicts."""

    stored: int = 0
    replaced: int = 0
    same: int = 0
    submission_id: int | None = None
    conflicts: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*FIGURES, "value", "typed"]))

    def notices(self) -> list[str]:
        """What the sender of an import reads."""
        said = []
        if self.stored:
            more = f"（其中 {self.replaced:,} 个替换了快报数）" if self.replaced else ""
            said.append(f"已按登记数据推算指标 {self.stored:,} 个{more}。")
        if len(self.conflicts):
            listed = "；".join(
                f"{row.indicator_id}，{row.area_id}，{row.period}：填报 {row.typed:g}，推算 {row.value:g}"
                for row in self.conflicts.head(LISTED).itertuples()
            )
            said.append(f"{len(self.conflicts):,} 个推算数与已定稿的填报数不同，保留填报数：{listed}。请核对。")
        return said


def refresh(engine: Engine, kind: str, submission_id: int | None = None) -> list[str]:
    """Work out anew what an import of this kind may have changed; gives what its sender should read."""
    if kind == "observations" and submission_id is not None:
        return follow_typed(engine, submission_id)
    said = []
    for derivation in DERIVATIONS.values():
        if kind in derivation.kinds:
            figures = derivation.work_out(engine, submission_id)
            end_stale(engine, figures, derivation.covers(engine, submission_id), submission_id)
            if len(figures):
                said += store(engine, figures, submission_id).notices()
    return said


def follow_typed(engine: Engine, submission_id: int) -> list[str]:
    """After figures were typed or taken back: what the registers say of these very figures today, and where they differ.

    A typed figure that is taken back gives way to what was derived before it came; the registers may have moved on.
    """
    said = []
    for derivation in DERIVATIONS.values():
        touched = read_touched(engine, submission_id, derivation.indicators(engine))
        if touched.empty:
            continue
        figures = derivation.work_out_again(engine, touched).merge(touched[KEY], on=KEY)
        end_stale(engine, figures, derivation.covers(engine, None), submission_id, only=touched)
        if len(figures):
            said += store(engine, figures, submission_id).notices()
    return said


def end_stale(
    engine: Engine,
    figures: pd.DataFrame,
    covered: pd.DataFrame,
    submission_id: int | None,
    only: pd.DataFrame | None = None,
) -> int:
    """End the derived figures (of `only`, in KEY) where an answer is whole that it does not hold; gives how many."""
    if covered.empty or submission_id is None:
        return 0
    stated = _stated(engine, sorted(covered["indicator_id"].unique()), None)
    held = stated[stated["is_derived"]].merge(covered, on=["indicator_id", "area_id"])
    held = held[held["time"] >= held["since"] - 1e-6]
    if only is not None:
        held = held.merge(only[KEY], on=KEY)
    here = set(figures[KEY].itertuples(index=False, name=None))
    stale = [one for one in held[KEY].drop_duplicates().itertuples(index=False, name=None) if one not in here]
    if not stale:
        return 0
    with writing(engine) as connection:
        return end_figures(connection, stale, submission_id)


def _stated(engine: Engine, indicator_ids: list[str], area_ids: list[str] | None) -> pd.DataFrame:
    """The figures in force, with is_derived."""
    found = read_observations(engine, indicator_ids, area_ids)
    kinds = heads.read_submissions(engine).set_index("submission_id")["kind"]
    return found.assign(is_derived=found["submission_id"].map(kinds).eq(DERIVED))


def derived_from(engine: Engine, submission_id: int) -> int | None:
    """The standing submission of figures that followed from an import, None where there is none."""
    return heads.find_by_hash(engine, DERIVED, _hash_of(submission_id))


def _hash_of(submission_id: int) -> str:
    return f"derived from {submission_id}"


def store(engine: Engine, figures: pd.DataFrame, submission_id: int | None) -> Derived:
    """Write derived figures as one submission, or none where nothing differs. figures: FIGURES, no key twice.

    submission_id: the import they follow from, whose moment and demo mark they take.
    """
    figures = _with_values(engine, figures)
    found = Derived()
    figures = _without_typed(engine, figures, found)
    if figures.empty:
        return found
    rows = figures.assign(
        source_row=np.arange(1, len(figures) + 1), lower=np.nan, upper=np.nan, reported_on=pd.NaT
    )[list(STAGED)].astype(STAGED)  # fmt: skip
    with staging(engine) as staged:
        staged.add(rows)
        with staged.writing() as connection:
            source = _source(connection, submission_id)
            found.submission_id = heads.begin(connection, kind=DERIVED, received_from=SENDER, **source)
            done = staged.store(found.submission_id)
            counted = {"rows_read": len(rows), "rows_stored": done.stored, "rows_unchanged": done.unchanged}
            heads.finish(connection, found.submission_id, **counted)
    found.stored, found.same = done.stored, found.same + done.unchanged
    return found


def _source(connection, submission_id: int | None) -> dict:
    if submission_id is None:
        return {}
    of = submissions.c
    row = connection.execute(
        select(of.received_at, of.is_demo, of.file_name).where(of.submission_id == submission_id)
    ).one()
    newest = connection.scalar(select(of.received_at).order_by(of.submission_id.desc()).limit(1))
    name = f"由第 {submission_id} 号导入推算"
    return {
        "received_at": max(row.received_at, newest),
        "is_demo": row.is_demo,
        "file_name": name,
        "file_hash": _hash_of(submission_id),
    }


def _with_values(engine: Engine, figures: pd.DataFrame) -> pd.DataFrame:
    """The figures with value and time; those whose denominator is nought are no figures."""
    units = read_indicators(engine).set_index("indicator_id")["unit"]
    multiplier = figures["indicator_id"].map(units).map({slug: unit.multiplier for slug, unit in UNITS.items()})
    multiplier = multiplier.astype("float64")
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = figures["numerator"] / figures["denominator"] * multiplier
    value = rate.where(figures["denominator"].notna(), figures["numerator"])
    time = figures["period"].map(lambda text: parse_period(text).time)
    frame = figures.assign(value=value, time=time)
    return frame[np.isfinite(frame["value"].to_numpy(dtype=float))]


def _without_typed(engine: Engine, figures: pd.DataFrame, found: Derived) -> pd.DataFrame:
    """The figures that may be written; what typed figures stand against is noted in found."""
    stated = _stated(engine, sorted(figures["indicator_id"].unique()), sorted(figures["area_id"].unique()))
    stated = stated[[*KEY, "value", "status", "is_derived"]].rename(
        columns={"value": "typed", "status": "typed_status"}
    )
    both = figures.merge(stated, on=KEY, how="left")
    is_typed = both["is_derived"].eq(False)
    # what a derived figure says already is not said again: it would stand after the import it follows from is taken back
    is_same = np.isclose(both["value"], both["typed"].astype("float64"), rtol=1e-6)
    is_same &= is_typed | both["typed_status"].eq(both["status"])
    stands = is_typed & both["typed_status"].isin(CERTIFIED)
    found.same = int(is_same.sum())
    found.conflicts = both[stands & ~is_same].reset_index(drop=True)
    found.replaced = int((is_typed & ~stands & ~is_same).sum())
    return both[~is_same & ~stands].drop(columns=["typed", "typed_status", "is_derived"])


# The command --------------------------------------------------------------------------------------------------------


def add_arguments(_command: str, parser: ArgumentParser) -> None:
    """The arguments of `derive`."""
    parser.add_argument("--json", action="store_true", help="what was stored and every conflict, as one JSON document")


def run(_command: str, arguments: Namespace, settings: Settings) -> int:
    """Work out everything anew and list where typed figures differ."""
    engine = make_engine(settings.database_url)
    if not is_current(engine):
        raise InputError("数据库还没有建立或不是最新。请先运行：manage.py init-db")
    answer = {}
    for name, derivation in DERIVATIONS.items():
        done = store(engine, derivation.work_out(engine, None), None)
        columns = ["indicator_id", "area_id", "period", "typed", "value"]
        answer[name] = {
            "stored": done.stored,
            "replaced": done.replaced,
            "same": done.same,
            "conflicts": done.conflicts[columns].to_dict("records"),
        }
        if not arguments.json:
            print("\n".join([f"{name}：推算 {done.stored:,} 个，{done.same:,} 个与现有数据相同。", *done.notices()]))
    if arguments.json:
        print(json.dumps(answer, ensure_ascii=False))
    return 0
