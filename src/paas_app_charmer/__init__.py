"""Charms for 12-factor web applications, without operator code.

A charm subclasses the class of its framework, and nothing more::

    import ops
    import paas_app_charmer.flask

    class GuestBookCharm(paas_app_charmer.flask.Charm):
        pass

    if __name__ == "__main__":
        ops.main(GuestBookCharm)
"""
