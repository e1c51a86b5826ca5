"""The `doorstep` command: run the house, set it up, and look whether all is well."""

import click

from portal.cli import (
    agents,
    devices,
    goodwill,
    importing,
    looks,
    places,
    playing,
    rights,
    roads,
    running,
    setting_up,
    sources,
    webhooks,
    windows,
)
from portal.cli.asking import Commands, House

__all__ = ["doorstep"]


@click.group(cls=Commands)
@click.pass_context
def doorstep(ctx: click.Context) -> None:
    """Doorstep: customer notification and tracking for last-mile delivery."""
    ctx.obj = House(ctx.obj)


for its in (goodwill.goodwill, *looks.COMMANDS):
    setting_up.shipper.add_command(its)

for command in (
    *(running.serve, running.web, running.worker, running.clock),
    *(setting_up.database, setting_up.doctor, setting_up.shipper, setting_up.key, agents.agent),
    *(webhooks.webhook, places.locker, places.slot),
    *(sources.source, devices.device, devices.van, roads.roads, windows.windows),
    *(playing.demo, playing.replay, importing.bring),
    *(rights.exports, rights.erases),
):
    doorstep.add_command(command)
