"""The runner of a project, with what befalls a deployment and what no command of ours does.

A second control socket beside the runner's own serves it: a database that changes the password,
a kubelet that starts a container anew, and to be told when no hook is due any more.
"""

from __future__ import annotations

import json
import pathlib
import sys
from collections.abc import Callable, Mapping

from paas_app_charmer.local import control, control_server, errors, runner, runner_project, sandbox

SOCKET = "backstage"
"""Folder of the second socket, in that of the runner's state."""
PATIENCE = 60.0
"""Seconds that hooks may take."""


class Requests:
    """Serves each request with the method of its name."""

    def __init__(self, running: runner.Runner) -> None:
        self._running = running

    def answer(
        self, request: str, arguments: Mapping[str, control.Json], _: control.OnEvent
    ) -> control.Json:
        """Serve one request."""
        calls: dict[str, Callable[..., control.Json]] = {
            "idle": self.idle,
            "publish": self.publish,
            "new-container": self.new_container,
        }
        return calls[request](**arguments)

    def idle(self) -> bool:
        """Wait until no hook runs or is due; tell whether that came about, without an error."""
        return self._running.engine.wait_idle(PATIENCE)

    def publish(self, *, endpoint: str, app: dict[str, str], secret: dict[str, str]) -> None:
        """Let a database publish anew: fields of its databag, and of the secret with the login."""
        engine = self._running.engine
        for relation in engine.relations():
            if relation.endpoint != endpoint:
                continue
            if secret and "secret-user" in relation.remote_app_data:
                engine.provider_secret(relation.id, secret, label=f"{relation.id}.secret-user")
            elif secret:
                app = {**app, **secret}
            engine.provider_set(relation.id, app=app)

    def new_container(self, *, unit: str) -> None:
        """Start the workload's container anew, as the kubelet does when Pebble has ended."""
        pod = self._running.pods[unit]
        pod.stop()
        pod.start(self._running.engine)


def main(folder: pathlib.Path, config: Mapping[str, str]) -> int:
    """Run the project until it is asked to stop."""
    project = runner_project.find(folder)
    with runner_project.lock(project.state):
        settings = runner.Settings(project=project, config=config)
        return sandbox.enter(lambda: _serve(settings))


def _serve(settings: runner.Settings) -> int:
    running = runner.Runner(settings)
    place = settings.project.state / SOCKET
    place.mkdir(exist_ok=True)
    server = control_server.Server(place, Requests(running).answer)
    try:
        running.start()
        server.start()
        running.stopping.wait()
    except control_server.REFUSALS as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    finally:
        server.close()
        running.stop()
    return 0


if __name__ == "__main__":
    try:
        raise SystemExit(main(pathlib.Path(sys.argv[1]), json.loads(sys.argv[2])))
    except errors.LocalError as refusal:
        raise SystemExit(f"Error: {refusal}") from None
