#!/usr/bin/env bash
# The charm runs this before it starts the application, with the application's environment and user.
set -euo pipefail
exec java -jar *.jar migrate
