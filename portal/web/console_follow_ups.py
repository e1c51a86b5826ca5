"""Where the follow-ups were: their list is part of the work queue."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.follow_up import Matter
from portal.domain.work_list import Whose
from portal.web import guard

bp = Blueprint("console_follow_ups", __name__, url_prefix="/console/follow-ups")


@bp.get("")
@guard.agent()
def show() -> ResponseReturnValue:
    """To the queue, with what was asked for."""
    about = request.args.get("about", "")
    return redirect(
        url_for(
            "console_queue.show",
            kind=about if about in list(Matter) else None,
            whose=Whose.DONE.value if request.args.get("closed") == "1" else None,
        ),
        302,
    )
