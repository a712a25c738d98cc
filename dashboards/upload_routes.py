"""The plain routes behind the upload page: templates out, files in, import, take back. Each needs "import figures"."""

import logging
import re

from flask import Response, abort, jsonify, request

from dashboards import data, door
from dashboards.access import route
from dashboards.components.controls import address

PAGE = "/upload"
MOST_BYTES = 64 * 1024 * 1024  # as much as an import reads of a workbook; the site's own limit is far smaller
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COMES_FROM = re.compile(r"/(history/[a-z_]{1,40}|imports)(\?[!-~]{0,1000})?")
log = logging.getLogger(__name__)


@route("/upload/template/<kind>.xlsx", permission="import figures")
def template(kind: str) -> Response:
    """The empty workbook of a kind."""
    if kind not in data.upload_kinds():
        abort(404)
    response = Response(data.template_file(kind), mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="kangtu-{kind}.xlsx"'
    return response


@route("/upload/problems/<job_id>.csv", permission="import figures")
def problems(job_id: str) -> Response:
    """Every problem of a file one sent oneself."""
    found = data.problems_file(job_id)
    if found is None:
        abort(404)
    response = Response(found, mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="kangtu-problems.csv"'
    return response


@route("/upload/files", permission="import figures", methods=("POST",))
def receive() -> Response:
    """One file in a multipart form: checked, nothing written yet."""
    request.max_content_length = MOST_BYTES  # before the form is read
    door.check_token()
    file = request.files.get("file")
    if file is None or not file.filename:
        abort(400)
    kind = door.text_field("kind", 40)
    return done(lambda: address(PAGE, job=data.receive_upload(file.stream, kind, file.filename), kind=kind))


@route("/upload/import", permission="import figures", methods=("POST",))
def take() -> Response:
    """Store a file that was checked; accept: leave its bad rows out."""
    door.check_token()
    job_id, accept = door.text_field("id", 40), door.text_field("accept", 3) == "yes"
    return done(lambda: address(PAGE, job=data.import_upload(job_id, accept_good_rows=accept)))


@route("/upload/cancel", permission="import figures", methods=("POST",))
def cancel() -> Response:
    """Stop the check or import of a file one sent."""
    door.check_token()
    job_id = door.text_field("id", 40)
    return done(lambda: data.cancel_upload(job_id) or address(PAGE, job=job_id))


@route("/upload/undo", permission="import figures", methods=("POST",))
def undo() -> Response:
    """Take back an import that one may take back; back: the page of ours to show then."""
    door.check_token()
    number, back = door.text_field("id", 10), request.form.get("back", "")
    if not (number.isascii() and number.isdigit()) or (back and not COMES_FROM.fullmatch(back)):
        abort(400)
    return done(lambda: _taken_back(int(number), back))


def _taken_back(number: int, back: str) -> str:
    seen = data.submissions_seen()
    data.undo_submission(number, allowed=set(seen.loc[seen["may_undo"], "submission_id"]))
    return back or address(PAGE, undone=str(number))


def done(work) -> Response:
    """The address to go to, or, where the input is at fault, why not."""
    try:
        return jsonify(address=work())
    except data.InputError as error:
        response = jsonify(message=str(error))
        response.status_code = 422
        return response
