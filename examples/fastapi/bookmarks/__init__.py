"""What the web server and the migrations share."""
