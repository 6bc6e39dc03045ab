"""Show an example under its charm, on this machine.

In a terminal the example is started and stays up until Ctrl-C. Without one, this is a tour: each
stop does something that an operator does, says what that proves, and checks it. The first claim
that does not hold ends the tour, with the status and the last log lines.

Only the command line is used, as you would use it. An example has a tour of its own in the module
that is named like its folder, or else the one of `general`.
"""
