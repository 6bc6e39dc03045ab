"""As `rockcraft.extensions`: importing it registers the stock ones, here without content."""

from . import registry


class Stock:
    @staticmethod
    def get_supported_bases():
        return ("bare",)


for name in ("flask-framework", "django-framework", "other-framework"):
    registry.register(name, Stock)
