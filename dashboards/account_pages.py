"""What an administrator does with accounts: add, disable, reset. A secret is shown once, in the answer to the form."""

from html import escape

from flask import Response, abort, g, redirect, request

from dashboards import data, door
from dashboards.access import current_user, route
from dashboards.account_words import role_words
from dashboards.door_pages import field, form, link, page
from dashboards.language import gettext as _

MOST_AREAS = 50


@route("/accounts/new", permission="manage accounts")
def show_new() -> Response:
    """The form for a new account."""
    refuse_in_demo()
    return new_page()


@route("/accounts/new", permission="manage accounts", methods=("POST",))
def add() -> Response:
    """Adds the account and shows its secret."""
    words = {name: door.text_field(name, 100) for name in ("name", "display_zh", "display_en")}
    area_ids = door.text_field("areas", 1000).replace("，", " ").replace(",", " ").split()
    prepare()
    roles = [role for role in request.form.getlist("role") if len(role) < 40]
    try:
        secret = data.add_account(
            words["name"],
            roles,
            current_user().account_id,
            area_ids=area_ids[:MOST_AREAS],
            display_zh=words["display_zh"],
            display_en=words["display_en"],
        )
    except data.InputError as error:
        return new_page(str(error), 400)
    return secret_page(_("The account is added"), words["name"], secret)


@route("/accounts/reset", permission="manage accounts", methods=("POST",))
def reset() -> Response:
    """A new one-time secret, for somebody disabled too; their sessions end."""
    name = door.text_field("name", 100)
    prepare()
    try:
        secret = data.reset_password(name, current_user().account_id)
    except data.InputError as error:
        return page(_("This could not be done"), link("/accounts", _("Back")), fault=str(error), status=400)
    return secret_page(_("The password is reset"), name, secret)


@route("/accounts/disable", permission="manage accounts", methods=("POST",))
def disable() -> Response:
    """Nobody gets in with this account from now on."""
    name = door.text_field("name", 100)
    prepare()
    try:
        data.disable_account(name, current_user().account_id)
    except data.InputError as error:
        return page(_("This could not be done"), link("/accounts", _("Back")), fault=str(error), status=400)
    return redirect("/accounts", 303)


def prepare() -> None:
    """What every change of accounts asks first."""
    refuse_in_demo()
    door.check_token()


def refuse_in_demo() -> None:
    """The demo's visitor is an administrator too: the first real one is made on the command line only."""
    if not g.needs_log_in:
        abort(403)


def new_page(fault: str | None = None, status: int = 200) -> Response:
    """The form for a new account, with what was filled in already."""
    given = request.form
    chosen = set(given.getlist("role"))
    boxes = "".join(
        f'<label class="kt-tick"><input type="checkbox" name="role" value="{role}"{" checked" if role in chosen else ""}>'
        f"{escape(words)}</label>"
        for role, words in role_words().items()
    )
    fields = [
        field("name", _("Login name"), value=given.get("name", ""), autofocus=True),
        field("display_zh", _("Name in Chinese"), value=given.get("display_zh", ""), required=False),
        field("display_en", _("Name in English"), value=given.get("display_en", ""), required=False),
        f"<fieldset><legend>{escape(_('Roles'))}</legend>{boxes}</fieldset>",
        field("areas", _("Limited to these area codes"), value=given.get("areas", ""), required=False),
    ]
    advice = _("Area codes parted by blanks; none is everywhere. The login name: small Latin letters, digits and . _ -")
    body = form("/accounts/new", fields, _("Add an account")) + link("/accounts", _("Back"))
    return page(_("Add an account"), body, fault=fault, advice=advice, status=status)


def secret_page(title: str, name: str, secret: str) -> Response:
    """The one time the secret is seen."""
    said = escape(_("One-time secret of {name}:", name=name.strip().lower()))
    body = f'<p>{said}</p><p class="kt-secret">{escape(secret)}</p>' + link("/accounts", _("Back"))
    advice = _("It is shown this once and ends after 7 days; at the first log-in a password is chosen.")
    return page(title, body, advice=advice)
