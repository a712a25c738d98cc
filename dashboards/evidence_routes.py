"""Files that go with an adjustment: taken by a plain multipart post, given back as a download, never rendered."""

from urllib.parse import quote

from flask import Response, abort, request
from werkzeug.exceptions import RequestEntityTooLarge

from dashboards import access, data

RULE = "/workbench/evidence/<int(max=2147483647):number>"  # more than a database counts: 404
ROOM_FOR_THE_FORM = 64 * 1024  # the multipart form around the file


@access.route(RULE, permission="adjust forecasts", methods=("POST",))
def take_evidence(number: int) -> Response:
    """Put the posted file ("file") with the reader's adjustment of this number; 400 says in Chinese what is wrong.

    The guard has let the request in by permission and origin. Its limit for requests is the site's; this route's own is
    the largest evidence there may be.
    """
    request.max_content_length = data.LARGEST + ROOM_FOR_THE_FORM
    request.max_form_parts = 4
    try:
        file = request.files.get("file")
        if file is None:
            return Response("没有收到文件。", 400, mimetype="text/plain")
        data.write_evidence(number, file.filename or "", file.read(data.LARGEST + 1))
    except RequestEntityTooLarge:
        return Response(f"文件超过 {data.LARGEST // 2**20} MB，请压缩或节选后再传。", 400, mimetype="text/plain")
    except data.InputError as error:
        return Response(str(error), 400, mimetype="text/plain")
    return Response("", 204)


@access.route(RULE + "/file", permission="adjust forecasts")
def give_evidence(number: int) -> Response:
    """One file, by the number of the evidence, as a download."""
    found = data.evidence_file(number) or abort(404)
    response = Response(found["content"], mimetype=found["media_type"])
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found['name'])}"
    return response
