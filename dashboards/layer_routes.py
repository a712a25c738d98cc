"""The plain routes behind the page of boundaries and roads: files in, store, take back. Each needs "edit registers"."""

from flask import Response, abort, request

from dashboards import door
from dashboards.access import route
from dashboards.components.controls import address
from dashboards.data import layers
from dashboards.upload_routes import done

PAGE = "/layers"
FASTEST_KMH = 130.0


@route("/layers/files", permission="edit registers", methods=("POST",))
def receive() -> Response:
    """One file in a multipart form with what must be said of it: checked, nothing written yet."""
    request.max_content_length = layers.LARGEST_FILE_BYTES + (1 << 20)  # before the form is read
    door.check_token()
    file = request.files.get("file")
    if file is None or not file.filename:
        abort(400)
    return done(lambda: address(PAGE, job=layers.receive_layer(file.stream, file.filename, _asked())))


def _asked() -> dict:
    kind = door.text_field("kind", 20)
    if kind not in (layers.BOUNDARIES, layers.ROADS):
        abort(400)
    datum, source = door.text_field("datum", 20), door.text_field("source", 300).strip()
    if datum not in layers.DATUMS:
        raise layers.InputError(
            "请选择坐标基准：文件里的坐标是 CGCS2000/WGS-84、GCJ-02（高德、腾讯）还是 BD-09（百度）。"
        )
    if not source:
        raise layers.InputError("请写明来源：凡用到这份数据的图上都要注明。")
    review_number = door.text_field("review_number", 60).strip()
    return {
        "kind": kind,
        "datum": datum,
        "source": source,
        "review_number": review_number,
        "speed_kmh": _speed(door.text_field("speed_kmh", 10).strip()),
    }


def _speed(text: str) -> float | None:
    if not text:
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 2 <= speed <= FASTEST_KMH:
        raise layers.InputError(f"速度“{text}”不对：请填 2 到 {FASTEST_KMH:g} 之间的数（公里/小时），或留空。")
    return speed


@route("/layers/store", permission="edit registers", methods=("POST",))
def store() -> Response:
    """Store a layer that was checked."""
    door.check_token()
    job_id = door.text_field("id", 40)
    return done(lambda: address(PAGE, job=layers.store_layer(job_id)))


@route("/layers/undo", permission="edit registers", methods=("POST",))
def undo() -> Response:
    """Take a layer back."""
    door.check_token()
    number = door.text_field("id", 10)
    if not (number.isascii() and number.isdigit()):
        abort(400)
    return done(lambda: address(PAGE, undone=str(layers.undo_layer(int(number)) and number)))
