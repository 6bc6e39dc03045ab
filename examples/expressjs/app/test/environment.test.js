import assert from "node:assert/strict";
import { test } from "node:test";

import { mask } from "../environment.js";

for (const [name, value] of Object.entries({
  APP_SECRET_KEY: "hush",
  POSTGRESQL_DB_PASSWORD: "hush",
  S3_ACCESS_KEY: "hush",
  APP_API_TOKEN: "hush",
  POSTGRESQL_DB_CONNECT_STRING: "postgresql://ada:hush@10.0.0.1:5432/polls",
  POSTGRESQL_DB_NETLOC: "ada:hush@10.0.0.1:5432",
  REDIS_DB_CONNECT_STRING: "redis://:hush@10.0.0.1:6379",
})) {
  test(`the secret in ${name} is not shown`, () => {
    assert.doesNotMatch(mask(name, value), /hush/);
  });
}

test("what is no secret is shown as it is", () => {
  assert.equal(mask("APP_BASE_URL", "http://polls.model:8080/"), "http://polls.model:8080/");
  assert.equal(mask("APP_MOST_CHOICES", "4"), "4");
});

test("a rotated secret looks different", () => {
  assert.notEqual(mask("APP_SECRET_KEY", "old"), mask("APP_SECRET_KEY", "new"));
});
