"""Roles in words."""

from dashboards.language import gettext as _


def role_words() -> dict[str, str]:
    """role -> what it is called, in the order of the house."""
    return {
        "leader": _("Leader"),
        "planner": _("Planner"),
        "analyst": _("Analyst"),
        "reporter": _("Reporter"),
        "administrator": _("Administrator"),
    }


def roles_said(roles) -> str:
    """Several roles as a phrase; all of them in one word."""
    words = role_words()
    if set(words) <= set(roles):
        return _("All roles")
    return _(", ").join(word for role, word in words.items() if role in roles)
