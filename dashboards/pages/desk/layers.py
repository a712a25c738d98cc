"""Bringing boundaries and road networks: say what and in which datum, send the file, see what is wrong, store, take back."""

from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from dashboards import components, door, wording
from dashboards.access import callback, register_page
from dashboards.data import layers, served
from dashboards.language import gettext as _
from dashboards.language import mark
from dashboards.layer_routes import PAGE

TICK, REPORT, JOB = "layers-tick", "layers-report", "layers-job"
MEGABYTES = layers.LARGEST_FILE_BYTES >> 20
KIND_WORDS = {layers.BOUNDARIES: mark("Boundaries"), layers.ROADS: mark("Road network")}
DATUM_WORDS = {
    "CGCS2000": "CGCS2000",
    "WGS-84": "WGS-84 (GPS)",
    "GCJ-02": mark("GCJ-02 (Amap, Tencent)"),
    "BD-09": mark("BD-09 (Baidu)"),
}


def layout(**query):
    """?job= the check or import to show; ?undone= the layer that was just taken back."""
    job = layers.layer_job(query.get("job"))
    children = [_undone(query), *_report_part(job)]
    if layers.may_bring_layers():
        children.append(_form())
    else:
        children.append(
            components.notice(_("A layer counts everywhere: only accounts without a limit of areas bring one."))
        )
    return components.page(
        _title(job),
        subline=[_("nothing is written before you have seen what was found")],
        children=[part for part in children if part is not None],
        table=[_sent()],
        method=[
            _("A datum is declared, never guessed: it is held against known outlines, and a layer that lies is refused."),
            _("Refused, with the shape's number: no coordinates, on the equator, latitude first, metres called degrees, crossing itself, overlapping, outside the district it names, speeds out of range. Remarked on: gaps, roads in parts, what lies outside."),
            _("The newest road network that stands is in force on the page of service coverage; taking it back brings back the one before."),
        ],
    )  # fmt: skip


def _title(job: dict | None) -> str:
    if job is None:
        record = served.road_network()
        if record is None:
            return _("Boundaries and roads: no road network has been brought yet")
        return _(
            "Boundaries and roads: a road network of {km} km is in force", km=wording.number(record.about["length_km"])
        )
    if job["state"] in ("queued", "running"):
        return _("The file is being read…")
    if job["state"] != "done":
        return _("The layer cannot be taken: nothing has been stored")
    result = job["result"]
    words = {"file": result["file_name"], "rows": wording.number(result["rows"])}
    if result["outcome"] == "stored":
        return _("Stored: {rows} shapes of {file}", **words)
    if result["outcome"] == "same_file":
        return _("{file} was imported before: nothing has changed", **words)
    return _("{file} is in order: {rows} shapes can be stored", **words)


def _undone(query: dict):
    number = query.get("undone", "")
    return (
        components.notice(_("Import no. {number} has been taken back", number=number)) if number.isdecimal() else None
    )


def _form() -> html.Div:
    """What must be said of a file, and the button that sends it (assets/layers.js)."""
    kinds = [html.Option(_(words), value=kind) for kind, words in KIND_WORDS.items()]
    datums = [
        html.Option(_("Please choose"), value=""),
        *(html.Option(_(DATUM_WORDS[one]), value=one) for one in layers.DATUMS),
    ]
    most = _(".gpkg, .parquet, .geojson or a .zip of one shapefile, at most {megabytes} MB", megabytes=MEGABYTES)
    send = html.Button(
        _("Choose the file and check it"),
        type="button",
        id="layers-choose",
        className="btn btn-sm btn-primary kt-layer-choose",
        **_said_to_script("/layers/files"),
    )
    fields = [
        _field("kind", _("What is it?"), html.Select(kinds, name="kind", id="layers-kind", className="form-select")),
        _field("datum", _("Datum of its coordinates"), html.Select(datums, name="datum", id="layers-datum", className="form-select")),
        _field("source", _("Where it comes from (stands on every map)"), _text("source", 300)),
        _field("review_number", _("Map review number (boundaries)"), _text("review_number", 60)),
        _field("speed_kmh", _("km/h of roads that say neither speed nor class"), _text("speed_kmh", 10)),
    ]  # fmt: skip
    said = html.Span("", id="kt-upload-said", role="alert", className="kt-lacking")
    sending = html.P([send, " ", html.Span(most, className="kt-muted"), " ", said])
    columns = html.P(
        _("Boundaries need a column of codes (area_id or adcode). Roads: columns speed_kmh, highway, oneway; lines meet where they share a vertex."),
        className="kt-muted",
    )  # fmt: skip
    return html.Div([html.Div(fields, className="kt-layer-fields"), columns, sending], id="kt-layer-form")


def _field(name: str, words: str, control) -> html.Div:
    return html.Div([html.Label(words, htmlFor=f"layers-{name}"), control])


def _text(name: str, longest: int) -> dcc.Input:
    return dcc.Input(name=name, id=f"layers-{name}", type="text", maxLength=longest, className="form-control")


def _said_to_script(action: str, **more: str) -> dict[str, str]:
    """What assets/layers.js and upload.js need on a button: where to post, the form's token, words for what may go wrong."""
    words = {
        "token": door.token(),
        "action": action,
        "most": str(layers.LARGEST_FILE_BYTES),
        "accept": ",".join(layers.SENT),
        "sending": _("Sending…"),
        "too-large": _(
            "The file is larger than {megabytes} MB and was not sent. Please cut it to your area, simplify it, or save it as GeoPackage or GeoParquet.",
            megabytes=MEGABYTES,
        ),
        "failed": _("The server did not take it. Please open the page anew and try again."),
    }
    return {f"data-{name}": text for name, text in (words | more).items()}


def _act(words: str, action: str, ident: str, **more: str) -> html.Button:
    given = _said_to_script(action, id=ident, **more) | {"data-accept": ""}
    return html.Button(words, type="button", className="btn btn-sm btn-outline-primary kt-upload-act", **given)


def _report_part(job: dict | None) -> list:
    if job is None:
        return []
    shown = html.Div(_report(job), id=REPORT)
    if job["state"] in ("queued", "running"):
        return [shown, dcc.Interval(id=TICK, interval=1000), dcc.Store(id=JOB, data=job["job_id"])]
    return [shown]


@callback(
    Output(REPORT, "children"),
    Output(TICK, "disabled"),
    Input(TICK, "n_intervals"),
    State(JOB, "data"),
    permission="edit registers",
    prevent_initial_call=True,
)
def watch(_ticks: int, job_id: Any):
    """How far the job is; what was found when it is done."""
    job = layers.layer_job(job_id if isinstance(job_id, str) else None)
    if job is None:
        return no_update, True
    return _report(job), job["state"] not in ("queued", "running")


def _report(job: dict) -> list:
    if job["state"] in ("queued", "running"):
        words = job["message"] or _("waiting for its turn")
        return [
            components.loading(f"{job['progress']:.0%} · {words}"),
            html.Progress(value=str(job["progress"]), max="1"),
        ]
    if job["state"] != "done":
        faults = (job["message"] or _("The file could not be read")).split("\n")
        return [html.Ul([html.Li(fault, lang="zh") for fault in faults], className="kt-layer-notes kt-lacking")]
    result = job["result"]
    parts = [html.Ul([html.Li(note, lang="zh") for note in result["notes"]], className="kt-layer-notes")]
    if result["outcome"] == "checked":
        parts.append(_act(_("Store it"), "/layers/store", job["job_id"]))
    elif result["outcome"] == "stored":
        to = "/coverage" if result["kind"] == layers.ROADS else "/map"
        words = _("See minutes by road") if result["kind"] == layers.ROADS else _("See the map")
        parts.append(html.P(components.link(words, to, **({"reach": "60road"} if to == "/coverage" else {}))))
    return parts


def _sent() -> html.Section:
    """Every layer that came, each with its undoing."""
    rows = layers.layers_sent()
    if rows.empty:
        return components.section(_("Layers brought"), components.empty(_("Nobody has brought a layer yet"), ""))
    heads = [_("No."), _("Received"), _("What"), _("File"), _("From"), _("Shapes"), _("Hash"), _("Take back")]
    lines = [
        [
            str(row["submission_id"]),
            wording.day(row["received_at"]),
            _(KIND_WORDS[row["kind"]]),
            components.mark_chinese(row["file_name"] if isinstance(row["file_name"], str) else ""),
            components.mark_chinese(row["received_from"]),
            wording.number(row["rows_stored"]),
            html.Code(str(row["file_hash"])[:12]),
            _taken_back(row),
        ]
        for row in rows.to_dict("records")
    ]
    table = components.simple_table(heads, lines, caption=_("Layers brought"), numbers=(0, 5), className="kt-stacked")
    return components.section(_("Layers brought"), table)


def _taken_back(row: dict):
    if not wording.is_missing(row["undone_by"]):
        return _("taken back")
    if not layers.may_bring_layers():
        return ""
    return _act(_("Take back"), "/layers/undo", str(row["submission_id"]), ask=_("Really take it back?"))


register_page(
    __name__,
    path=PAGE,
    name=mark("Boundaries and roads"),
    section=mark("Data entry"),
    permission="edit registers",
    layout=layout,
    order=82,
)
