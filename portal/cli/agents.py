"""Commands for agents who are there already: who they are, where they are signed in, and what was lost."""

import click

from portal.cli.asking import House
from portal.cli.setting_up import agent
from portal.domain.roles import Role
from portal.flows import operate_agents

__all__ = ["agent"]


@agent.command("list")
@click.option("--shipper", "slug", default="", help="whose; absent: everybody")
@click.pass_obj
def agent_list(house: House, slug: str) -> None:
    """Who may sign in, in which role and house, and how."""
    house.says(lambda kit, now: operate_agents.listed(kit, slug, now))


@agent.command("role")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.pass_obj
def agent_role(house: House, email: str, role: str) -> None:
    """Give an agent another role; they are signed out."""
    house.says(lambda kit, now: operate_agents.change_role(kit, email, role, now))


@agent.command("leave")
@click.argument("email")
@click.pass_obj
def agent_leave(house: House, email: str) -> None:
    """An agent works here no more."""
    house.says(lambda kit, now: operate_agents.leave(kit, email, now))


@agent.command("sessions")
@click.argument("email")
@click.pass_obj
def agent_sessions(house: House, email: str) -> None:
    """Where an agent is signed in."""
    house.says(lambda kit, now: operate_agents.sessions(kit, email, now))


@agent.command("end-sessions")
@click.argument("email")
@click.pass_obj
def agent_end_sessions(house: House, email: str) -> None:
    """Sign an agent out everywhere."""
    house.says(lambda kit, now: operate_agents.end_sessions(kit, email, now))


@agent.command("reset-totp")
@click.argument("email")
@click.pass_obj
def agent_reset_totp(house: House, email: str) -> None:
    """An agent lost phone and recovery codes: the next sign-in sets up another second factor."""
    house.says(lambda kit, now: operate_agents.reset_second_factor(kit, email, now))


@agent.command("reset-password")
@click.argument("email")
@click.pass_obj
def agent_reset_password(house: House, email: str) -> None:
    """Make an agent a new password; it is printed once."""
    house.says(lambda kit, now: operate_agents.reset_password(kit, email, now))
