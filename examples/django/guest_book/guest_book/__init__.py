"""The project: settings, addresses and the object that the web server calls."""
