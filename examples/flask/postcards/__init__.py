"""What the web server, the worker, the scheduler and the migrations share."""
