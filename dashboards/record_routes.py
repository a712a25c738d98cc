"""Files of single rows and of all rows of a kind, in the columns of its template. Each needs "import figures"."""

from flask import Response, abort, request

from dashboards import components, data, record_history, record_words
from dashboards.access import route
from dashboards.components.downloads import XLSX, to_csv
from dashboards.language import gettext as _

NARROWED = ("indicator_id", "programme_id", "area_id", "task_id")
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}


@route("/records/<kind>.<ending>", permission="import figures")
def rows(kind: str, ending: str) -> Response:
    """What stands of a kind (in ?area=, with ?q= in its name, of ?year=): imported again it changes nothing."""
    if kind not in data.exported_kinds() or ending not in TYPES:
        abort(404)
    area = request.args.get("area", "")
    if area and data.area(area) is None:
        abort(404)
    of = {name: request.args[name] for name in NARROWED if request.args.get(name) and name in data.row_key(kind)}
    words, year = request.args.get("q", "")[:80], request.args.get("year", "")[:4]
    try:
        content = data.rows_file(kind, ending, area_id=area, words=words, year=year, of=of)
    except data.InputError as error:
        return Response(str(error), status=422, mimetype="text/plain; charset=utf-8")
    return _file(content, f"kangtu-{kind}.{ending}", TYPES[ending])


@route("/records/history/<kind>.csv", permission="import figures")
def versions(kind: str) -> Response:
    """Every version of the row that the query names."""
    found = data.row_versions(kind, request.args.to_dict()) if kind in data.edited_kinds() else None
    if found is None:
        abort(404)
    key, every = found
    described = data.edited_kinds()[kind]
    name = record_words.row_name(described, key, every[0].cells if every else None)
    frame = record_history.versions_frame(described, key, every)
    return _file(
        to_csv(components.Export(frame, _("History: {row}", row=name))), f"kangtu-{kind}-history.csv", TYPES["csv"]
    )


def _file(content: bytes, name: str, mimetype: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
