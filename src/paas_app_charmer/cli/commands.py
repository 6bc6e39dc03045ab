"""The command group: which commands there are, and how their errors are told."""

from __future__ import annotations

import typing

import click

from . import (
    dashboards,
    init,
    integrations,
    lifecycle,
    machine,
    mails,
    options,
    status,
    suites,
    traces,
    units,
    user_secrets,
    variables,
    workload,
)

INTERRUPTED = 130
"""The exit code by which shells tell Ctrl-C."""


class Commands(click.Group):
    """Shows what was refused as one line on stderr, and lists commands in the order of use."""

    def invoke(self, ctx: click.Context) -> typing.Any:
        """Run the command."""
        from paas_app_charmer.local import errors

        try:
            return super().invoke(ctx)
        except errors.LocalError as refusal:
            raise click.ClickException(str(refusal)) from None
        except KeyboardInterrupt:
            # The usual end of `logs -f` and `status --watch`: nothing to be told about.
            raise click.exceptions.Exit(INTERRUPTED) from None

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Name the commands in the order in which a developer meets them."""
        return list(self.commands)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="paas-app-charmer")
def group() -> None:
    """Make a charm of a 12-factor application, and run it on this machine as Juju would."""


for _command in (
    init.init,
    suites.expand,
    suites.check,
    suites.show,
    lifecycle.run,
    status.status,
    workload.logs,
    options.config,
    integrations.integrate,
    integrations.remove_relation,
    units.scale,
    units.run_action,
    user_secrets.secret,
    workload.execute,
    variables.env,
    mails.mails,
    traces.traces,
    dashboards.dashboards,
    units.fire,
    units.resolve,
    machine.doctor,
    lifecycle.down,
):
    group.add_command(_command)
