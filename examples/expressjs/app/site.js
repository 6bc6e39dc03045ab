import express from "express";

import { mask, variables } from "./environment.js";
import { measure, showMetrics } from "./metrics.js";
import { environmentPage, pollsPage } from "./pages.js";
import * as polls from "./polls.js";
import { rememberVoter, voterOf } from "./voter.js";

const LONGEST = 200;

/** What to serve, by port. Metrics may have one of their own. */
export function applications(settings, database) {
  const site = express();
  const found = new Map([[settings.port, site]]);
  let metrics = site;
  if (settings.metricsPort !== settings.port) {
    metrics = express();
    found.set(settings.metricsPort, metrics);
  }
  // In front of what is measured.
  metrics.get(settings.metricsPath, showMetrics);
  describe(site, settings, database);
  found.forEach((one) => one.disable("x-powered-by"));
  return found;
}

function describe(site, settings, database) {
  const root = rootOf(settings.baseURL);
  const form = express.urlencoded({ extended: false, limit: "10kb" });
  site.use(measure);

  site.get("/", async (request, response) => {
    const voter = voterOf(request, settings.secretKey);
    const found = await polls.latest(database, voter);
    response.send(pollsPage({ root, polls: found, mostChoices: settings.mostChoices }));
  });

  site.post("/polls", form, async (request, response) => {
    const question = text(request.body?.question);
    const choices = [request.body?.choice].flat().map(text).filter(Boolean);
    if (!question || choices.length < 2 || choices.length > settings.mostChoices) {
      const most = settings.mostChoices;
      response.status(400).send(`A poll needs a question, and 2 to ${most} choices.`);
      return;
    }
    await polls.ask(database, question, choices);
    response.redirect(303, root);
  });

  site.post("/polls/:id/votes", form, async (request, response) => {
    const [poll, choice] = [request.params.id, request.body?.choice];
    const voter = rememberVoter(request, response, settings.secretKey, root);
    if (![poll, choice].every(isId) || !(await polls.vote(database, poll, choice, voter))) {
      response.status(404).send("There is no such choice.");
      return;
    }
    response.redirect(303, root);
  });

  site.get("/env", (_request, response) => {
    response.send(environmentPage({ root, variables: variables() }));
  });

  // null, not 404, for a variable that is not set: both are good news.
  site.get("/env/:name", (request, response) => {
    const { name } = request.params;
    const value = process.env[name];
    response.json({ name, value: value === undefined ? null : mask(name, value) });
  });

  site.get("/health", async (_request, response) => {
    try {
      await database.query("SELECT 1");
      response.json({ database: "ok" });
    } catch {
      response.status(503).json({ database: "unreachable" });
    }
  });

  site.use((error, _request, response, next) => {
    if (response.headersSent) {
      next(error);
    } else if (error.status >= 400 && error.status < 500) {
      response.status(error.status).send("This cannot be read.");
    } else {
      console.error(error.message);
      response.status(503).send("The database does not answer. Try again in a moment.");
    }
  });
}

/** The path below which users see the site: an ingress takes it off before it asks here. */
export function rootOf(baseURL) {
  const path = URL.canParse(baseURL) ? new URL(baseURL).pathname : "";
  return path.replace(/\/+$/, "") + "/";
}

function text(given) {
  return typeof given === "string" ? given.trim().slice(0, LONGEST) : "";
}

function isId(given) {
  return /^[0-9]{1,18}$/.test(given);
}
