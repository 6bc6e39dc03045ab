import { createHash } from "node:crypto";

const SECRET = /SECRET|PASSWORD|TOKEN|CREDENTIAL|(^|_)KEY$/i;
const PASSWORD_IN_URL = /:([^:/@\s]+)@/g;

/** The variables of this process in order, with their secrets masked. */
export function variables(given = process.env) {
  return Object.keys(given)
    .sort()
    .map((name) => ({ name, value: mask(name, given[name]) }));
}

/**
 * Replace a secret by dots and four hexadecimal digits of its digest.
 *
 * The digits tell a rotated key from the old one. They are too few to confirm a guess.
 */
export function mask(name, value) {
  if (SECRET.test(name)) {
    return dots(value);
  }
  return value.replace(PASSWORD_IN_URL, (_, password) => `:${dots(password)}@`);
}

function dots(secret) {
  return secret && "••••" + createHash("sha256").update(secret).digest("hex").slice(0, 4);
}
