"""Every door of the house, hung in one place."""

from flask import Flask, abort, request
from flask_wtf.csrf import CSRFProtect

from portal.web import (
    aftercare,
    callbacks,
    changes,
    confirming,
    console,
    console_account,
    console_approvals,
    console_caller,
    console_change,
    console_contact,
    console_deeds,
    console_exports,
    console_figures,
    console_follow_ups,
    console_history,
    console_messages,
    console_person,
    console_pictures,
    console_places,
    console_queue,
    console_reveals,
    console_setup,
    console_setup_brand,
    console_setup_goodwill,
    console_setup_keys,
    console_setup_lockers,
    console_setup_people,
    console_setup_rules,
    console_setup_slots,
    console_setup_vans,
    console_setup_webhook,
    console_sso,
    console_wordings,
    demo,
    desk,
    desk_called,
    desk_map,
    device_api,
    dispatch_api,
    dispatch_changes,
    dispatch_fleet,
    health,
    locker_api,
    locker_maps,
    login,
    maps,
    neighbor_maps,
    neighbors,
    openapi,
    outward,
    pickups,
    preferences,
    proof_api,
    quality,
    tracking,
    unsubscribe,
    webhook_api,
)
from portal.web.inbound import doors as inbound
from portal.web.inbound import epcis

# Machines sign or bear a key; a form token would only keep them out. Mail programs unsubscribe without a cookie.
FOR_MACHINES = (
    device_api,
    dispatch_api,
    dispatch_changes,
    dispatch_fleet,
    locker_api,
    proof_api,
    webhook_api,
    callbacks,
    inbound,
    epcis,
    openapi,
    health,
    unsubscribe,
)
FOR_PEOPLE = (
    tracking,
    outward,
    aftercare,
    changes,
    confirming,
    preferences,
    maps,
    neighbors,
    neighbor_maps,
    locker_maps,
    pickups,
    desk,
    desk_called,
    desk_map,
    console,
    login,
    quality,
    console_contact,
    console_figures,
    console_follow_ups,
    console_pictures,
    console_wordings,
    console_account,
    console_approvals,
    console_caller,
    console_change,
    console_deeds,
    console_exports,
    console_history,
    console_messages,
    console_person,
    console_places,
    console_queue,
    console_reveals,
    console_setup,
    console_setup_brand,
    console_setup_goodwill,
    console_setup_keys,
    console_setup_lockers,
    console_setup_people,
    console_setup_rules,
    console_setup_slots,
    console_setup_vans,
    console_setup_webhook,
    console_sso,
)


def install(app: Flask) -> None:
    """Hang every door; the demo's only in the demo."""
    csrf: CSRFProtect = app.extensions["csrf"]
    app.before_request(_no_such_name)
    # A doubled slash would be led on to the host that the caller names, which may be anybody's.
    app.url_map.merge_slashes = False
    for module in FOR_MACHINES:
        app.register_blueprint(module.bp)
        csrf.exempt(module.bp)
    for module in FOR_PEOPLE:
        app.register_blueprint(module.bp)
    if app.extensions["doorstep"].settings.demo:
        app.register_blueprint(demo.bp)


def _no_such_name() -> None:
    """Nothing of ours has a NUL in its name; PostgreSQL would not even take the question."""
    if "\0" in request.path:
        abort(404)
