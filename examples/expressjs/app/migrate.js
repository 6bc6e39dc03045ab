/** Applies the SQL files of the folder migrations in the order of their names, each once. */
import { readdir, readFile } from "node:fs/promises";

import pg from "pg";

import { readSettings } from "./settings.js";

const FOLDER = new URL("migrations/", import.meta.url);
// Any number will do, as long as nothing else in this database takes the same advisory lock.
const LOCK = 7_134_021;

/**
 * Each unit of the application runs this at the same time, so the first takes a lock and the others
 * wait for it. All of it is one transaction: a file that fails changes nothing.
 */
async function migrate(client) {
  await client.query("BEGIN");
  await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
  await client.query(`
    CREATE TABLE IF NOT EXISTS schema_migration
    (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`);
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith(".sql")).sort();
  for (const name of files) {
    await applyOnce(client, name);
  }
  await client.query("COMMIT");
  console.log("the schema is up to date");
}

async function applyOnce(client, name) {
  const note = "INSERT INTO schema_migration (name) VALUES ($1) ON CONFLICT DO NOTHING";
  const { rowCount } = await client.query(note, [name]);
  if (rowCount === 0) {
    return;
  }
  try {
    await client.query(await readFile(new URL(name, FOLDER), "utf8"));
  } catch (error) {
    throw new Error(`migrations/${name}: ${error.message}`, { cause: error });
  }
  console.log(`applied ${name}`);
}

const { database } = readSettings();
const client = new pg.Client(database);
try {
  if (!database.host) {
    throw new Error("POSTGRESQL_DB_HOSTNAME is not set");
  }
  await client.connect();
  await migrate(client);
} catch (error) {
  // The charm shows the last line in the unit's status.
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await client.end();
}
