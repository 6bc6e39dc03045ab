import assert from "node:assert/strict";
import { test } from "node:test";

import { rememberVoter, sign, voterOf } from "../voter.js";

function bringing(cookie) {
  return { get: () => cookie };
}

/** Let somebody vote; return the cookie that they keep. */
function cookieOf(request, key) {
  let kept = "";
  rememberVoter(request, { cookie: (name, value) => (kept = `${name}=${value}`) }, key, "/");
  return kept;
}

test("whoever voted is known again", () => {
  const cookie = cookieOf(bringing(undefined), "key");
  const voter = voterOf(bringing(`theme=dark; ${cookie}`), "key");
  assert.match(voter, /^[0-9a-f-]{36}$/);
  assert.equal(cookieOf(bringing(cookie), "key"), cookie);
});

test("what another key signed is nobody's", () => {
  const cookie = cookieOf(bringing(undefined), "old");
  assert.equal(voterOf(bringing(cookie), "new"), undefined);
});

for (const cookie of [undefined, "", "voter", "voter=", "voter=ada", `voter=ada.${sign("eve", "key")}`]) {
  test(`${JSON.stringify(cookie)} is nobody's`, () => {
    assert.equal(voterOf(bringing(cookie), "key"), undefined);
  });
}
