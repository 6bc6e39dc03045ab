const STYLE = `
      body { font-family: system-ui, sans-serif; line-height: 1.5; margin: 2rem auto; max-width: 44rem; padding: 0 1rem; }
      form.inline { display: inline; }
      input { width: 100%; }
      td { overflow-wrap: anywhere; vertical-align: top; }`;

/** Fill a template; what is put in is shown as text unless it is a template itself. */
export function html(texts, ...values) {
  return new Markup(String.raw({ raw: texts }, ...values.map(shown)));
}

class Markup extends String {}

function shown(value) {
  if (Array.isArray(value)) {
    return value.map(shown).join("");
  }
  return value instanceof Markup ? value : escape(String(value));
}

function escape(text) {
  return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}

function page(root, content) {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Polls</title>
    <style>${new Markup(STYLE)}
    </style>
  </head>
  <body>
    <header>
      <h1>Polls</h1>
      <nav><a href="${root}">Polls</a> <a href="${root}env">Environment</a></nav>
    </header>
    <main>
${content}
    </main>
  </body>
</html>
`.toString();
}

export function pollsPage({ root, polls, mostChoices }) {
  const fields = Array.from(
    { length: mostChoices },
    (_, n) => html`
        <p><label>Choice ${n + 1} <input name="choice" maxlength="200"></label></p>`,
  );
  return page(
    root,
    html`
      <form method="post" action="${root}polls">
        <p><label>Question <input name="question" required maxlength="200"></label></p>${fields}
        <p><button>Ask</button></p>
      </form>
${polls.length ? polls.map((poll) => onePoll(root, poll)) : html`<p>Nobody has asked yet.</p>`}`,
  );
}

function onePoll(root, poll) {
  const choices = poll.choices.map(
    (choice) => html`
          <li>${choice.text}: ${choice.votes}${choice.mine ? html` <strong>(yours)</strong>` : ""}
            <form class="inline" method="post" action="${root}polls/${poll.id}/votes">
              <button name="choice" value="${choice.id}">Vote</button>
            </form>
          </li>`,
  );
  return html`
      <section>
        <h2>${poll.question}</h2>
        <ul>${choices}
        </ul>
      </section>`;
}

export function environmentPage({ root, variables }) {
  const rows = variables.map(
    ({ name, value }) => html`
          <tr><td><code>${name}</code></td><td><code>${value}</code></td></tr>`,
  );
  return page(
    root,
    html`
      <p>What this process was given. Secrets are dots and four digits of their digest, so that a new one can be told from the old.</p>
      <table>
        <thead><tr><th>Variable</th><th>Value</th></tr></thead>
        <tbody>${rows}
        </tbody>
      </table>`,
  );
}
