"""As `rockcraft.extensions.registry`."""

EXTENSIONS = {}


def get_extension_names():
    return list(EXTENSIONS)


def get_extension_class(extension_name):
    return EXTENSIONS[extension_name]


def register(extension_name, extension_class):
    EXTENSIONS[extension_name] = extension_class


def unregister(extension_name):
    del EXTENSIONS[extension_name]
