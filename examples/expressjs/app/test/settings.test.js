import assert from "node:assert/strict";
import { test } from "node:test";

import { readSettings } from "../settings.js";
import { applications, rootOf } from "../site.js";

test("the charm says where to listen", () => {
  const given = { PORT: "9000", METRICS_PORT: "9100", METRICS_PATH: "/m" };
  const { port, metricsPort, metricsPath } = readSettings(given);
  assert.deepEqual([port, metricsPort, metricsPath], ["9000", "9100", "/m"]);
});

test("without a charm it listens too", () => {
  const { port, metricsPort, metricsPath } = readSettings({});
  assert.deepEqual([port, metricsPort, metricsPath], ["8080", "8080", "/metrics"]);
});

test("metrics may have a port of their own", () => {
  for (const [metricsPort, ports] of [["9000", 1], ["9100", 2]]) {
    const settings = readSettings({ PORT: "9000", METRICS_PORT: metricsPort });
    assert.equal(applications(settings, {}).size, ports);
  }
});

test("links begin where users see the site", () => {
  assert.equal(rootOf("http://203.0.113.7/model-polls/"), "/model-polls/");
  assert.equal(rootOf("http://polls.model:8080"), "/");
  assert.equal(rootOf(""), "/");
});
