"""The commands that the plug-in is concerned with; `init` is that of craft-application."""

import json
import pathlib
import sys

import craft_application
import craft_cli
from charmcraft.extensions import _utils
from craft_application import commands, util

from rockcraft.extensions import registry


class ListExtensions(commands.AppCommand):
    """Lists what is registered."""

    name = "list-extensions"
    help_msg = overview = "List extensions."

    def run(self, _parsed_args):
        listed = {
            name: list(registry.get_extension_class(name).get_supported_bases())
            for name in registry.get_extension_names()
        }
        craft_cli.emit.message(json.dumps(listed))


class ExpandExtensions(commands.AppCommand):
    """Applies extensions; both tools publish the same code for that."""

    name = "expand-extensions"
    help_msg = overview = "Expand extensions."

    def run(self, _parsed_args):
        folder = pathlib.Path.cwd()
        content = util.safe_yaml_load((folder / "rockcraft.yaml").open())
        for name in sorted(content.pop("extensions")):
            extension = registry.get_extension_class(name)(
                project_root=folder, yaml_data=json.loads(json.dumps(content))
            )
            extension.validate(extension_name=name)
            _utils._apply_extension(content, extension)
        craft_cli.emit.message(json.dumps(content))


def main():
    metadata = craft_application.AppMetadata(name="rockcraft", summary="A stand-in.")
    services = craft_application.ServiceFactory(app=metadata)
    app = craft_application.Application(app=metadata, services=services)
    app.add_command_group("Extensions", [ListExtensions, ExpandExtensions])
    return app.run()


sys.exit(main())
