"""The console's page of words: a shipper's own beside ours, shown on a real shipment before they are kept."""

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from notifications.notice import Notice
from notifications.wording import NOT_OURS_TO_CHANGE, Part, names_of
from portal.domain.roles import Role
from portal.flows import wordings
from portal.store import wordings as store
from portal.store.shippers import Shipper
from portal.web import guard
from portal.web.clean import clean_line
from portal.wiring import kit

bp = Blueprint("console_wordings", __name__, url_prefix="/console")

NOTICES = [notice for notice in Notice if notice not in NOT_OURS_TO_CHANGE]
LONGEST_REFERENCE = 80


@bp.get("/words")
@guard.agent(Role.LEAD)
def show() -> ResponseReturnValue:
    """One notice in one language: our words, the shipper's, and how they read."""
    shipper = _shipper(request.args.get("shipper", ""))
    notice, language = _asked(request.args)
    with kit().reading() as session:
        kept = {one.key: one for one in store.of(session, shipper.id)}
    own = {
        part: kept[language, notice.value, part.value].text
        for part in Part
        if (language, notice.value, part.value) in kept
    }
    return _page(shipper, notice, language, own, {}, request.args.get("reference", "")), 200


@bp.post("/words")
@guard.agent(Role.LEAD)
def save() -> ResponseReturnValue:
    """Show how words read, or keep them; an empty field goes back to ours."""
    shipper = _shipper(request.form.get("shipper", ""))
    notice, language = _asked(request.form)
    own = {part: _words(request.form.get(part.value, "")) for part in Part}
    reference = request.form.get("reference", "")
    if request.form.get("do") != "save":
        now = kit().now()
        wrong = {
            part: found
            for part, text in own.items()
            if text
            and (found := wordings.wrong_with(kit().voice, shipper, notice, language, part, text, now))
        }
        return _page(shipper, notice, language, own, wrong, reference), 422 if wrong else 200
    with kit().transaction() as session:
        wrong = wordings.save(session, kit().voice, g.agent, shipper, notice, language, own, kit().now())
    if wrong:
        return _page(shipper, notice, language, own, wrong, reference), 422
    kit().shippers.forget()
    flash("The words are kept. Messages planned from now on speak in them.", "good")
    back: dict[str, Any] = {
        "shipper": shipper.slug,
        "notice": notice.value,
        "language": language,
        "reference": reference,
    }
    return redirect(url_for("console_wordings.show", **back), 303)


def _words(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\0", "").strip()


def _shipper(slug: str) -> Shipper:
    with kit().reading() as session:
        known = kit().shippers(session)
    mine = [one for one in known.values() if g.agent.shipper_id in (None, one.id)]
    found = [one for one in mine if one.slug == slug] if slug else mine
    return found[0] if found else abort(404)


def _asked(values: Any) -> tuple[Notice, str]:
    notice, language = values.get("notice", Notice.OUT_FOR_DELIVERY), values.get("language", "en")
    if notice not in [one.value for one in NOTICES] or language not in kit().voice.renderer.languages:
        abort(404)
    return Notice(notice), language


def _page(
    shipper: Shipper, notice: Notice, language: str, own: dict[Part, str], wrong: Any, reference: str
) -> str:
    reference = clean_line(reference)[:LONGEST_REFERENCE]
    with kit().transaction() if reference else kit().reading() as session:
        known = kit().shippers(session)
        shown = wordings.show(
            session, kit().voice, g.agent, shipper, notice, language, own, reference, kit().now()
        )
    mine = [one for one in known.values() if g.agent.shipper_id in (None, one.id)]
    return render_template(
        "pages/console/words.html",
        shipper=shipper,
        shippers=mine,
        notices=NOTICES,
        notice=notice,
        languages=sorted(kit().voice.renderer.languages),
        language=language,
        own=own,
        wrong=wrong,
        reference=reference,
        shown=shown,
        parts=list(Part),
        names=names_of(Part.SAYS),
        in_texts=names_of(Part.SMS),
    )
