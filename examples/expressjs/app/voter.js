import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

const COOKIE = "voter";
const YEAR = 365 * 24 * 60 * 60 * 1000;

/** Who asks, by a cookie that only this application can have signed; undefined for the others. */
export function voterOf(request, key) {
  for (const pair of (request.get("Cookie") ?? "").split(";")) {
    const [name, value = ""] = pair.trim().split("=");
    const [voter, signature = ""] = value.split(".");
    if (name === COOKIE && isSame(signature, sign(voter, key))) {
      return voter;
    }
  }
  return undefined;
}

/** Remember who asks, as somebody new if need be. */
export function rememberVoter(request, response, key, path) {
  const voter = voterOf(request, key) ?? randomUUID();
  const options = { path, httpOnly: true, sameSite: "lax", maxAge: YEAR };
  response.cookie(COOKIE, `${voter}.${sign(voter, key)}`, options);
  return voter;
}

export function sign(voter, key) {
  return createHmac("sha256", key).update(voter).digest("base64url");
}

function isSame(one, other) {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
