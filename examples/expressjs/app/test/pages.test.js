import assert from "node:assert/strict";
import { test } from "node:test";

import { environmentPage, pollsPage } from "../pages.js";

const POLL = { id: 1, question: "<b>Lunch?</b>", choices: [{ id: 2, text: "Soup", votes: 3, mine: true }] };

test("what users write is shown as text", () => {
  const page = pollsPage({ root: "/", polls: [POLL], mostChoices: 2 });
  assert.match(page, /<h2>&#60;b&#62;Lunch\?&#60;\/b&#62;<\/h2>/);
});

test("votes are counted, and one's own is marked", () => {
  const page = pollsPage({ root: "/", polls: [POLL], mostChoices: 2 });
  assert.match(page, /Soup: 3 <strong>\(yours\)<\/strong>/);
});

test("there are as many fields as there may be choices", () => {
  const page = pollsPage({ root: "/", polls: [], mostChoices: 3 });
  assert.equal(page.match(/name="choice"/g).length, 3);
});

test("a variable is shown as text", () => {
  const page = environmentPage({ root: "/", variables: [{ name: "A", value: '<a href="x">' }] });
  assert.match(page, /&#60;a href=&#34;x&#34;&#62;/);
});
