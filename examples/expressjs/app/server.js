/**
 * Polls: a group of people decides by vote.
 *
 * "/" shows the polls, "/env" the environment that the application was given, and "/health" whether
 * the database answers. migrate.js brings the database's schema up to date.
 */
import pg from "pg";

import { readSettings } from "./settings.js";
import { applications } from "./site.js";

// Less than the 30 seconds after which Pebble would kill the process.
const LONGEST_FAREWELL = 20_000;

const settings = readSettings();
const pool = new pg.Pool(settings.database);
// An idle connection that breaks, when the database restarts for example, is replaced by the pool.
pool.on("error", (error) => console.error(`a connection broke: ${error.message}`));

const servers = [...applications(settings, pool)].map(([port, application]) =>
  application.listen(Number(port), (error) => {
    if (error) {
      throw error;
    }
    console.log(`listening on :${port}`);
  }),
);

let isStopping = false;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, stop);
}

/** Serve those who are being served to the end. npm passes on a signal that came here as well. */
async function stop() {
  if (isStopping) {
    return;
  }
  isStopping = true;
  console.log("stopping");
  setTimeout(() => process.exit(1), LONGEST_FAREWELL).unref();
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  await pool.end();
  process.exit(0);
}
