"""As `rockcraft.errors`."""

import craft_cli


class ExtensionError(craft_cli.CraftError):
    """A project that an extension refuses."""
