const SHOWN = 20;

/** The latest polls, each with its choices, their votes, and what this voter chose. */
export async function latest(database, voter) {
  const { rows } = await database.query(
    `SELECT poll.id, poll.question,
            json_agg(json_build_object(
              'id', choice.id, 'text', choice.text, 'votes', counted.votes, 'mine', counted.mine
            ) ORDER BY choice.id) AS choices
     FROM (SELECT * FROM poll ORDER BY id DESC LIMIT $2) AS poll
     JOIN choice ON choice.poll_id = poll.id
     CROSS JOIN LATERAL (
       SELECT count(*)::int AS votes, coalesce(bool_or(voter = $1), false) AS mine
       FROM vote WHERE vote.choice_id = choice.id
     ) AS counted
     GROUP BY poll.id, poll.question ORDER BY poll.id DESC`,
    [voter ?? null, SHOWN],
  );
  return rows;
}

export async function ask(database, question, choices) {
  await database.query(
    `WITH asked AS (INSERT INTO poll (question) VALUES ($1) RETURNING id)
     INSERT INTO choice (poll_id, text) SELECT asked.id, text FROM asked, unnest($2::text[]) AS text`,
    [question, choices],
  );
}

/** Returns whether there is such a choice. */
export async function vote(database, poll, choice, voter) {
  const { rowCount } = await database.query(
    `INSERT INTO vote (poll_id, choice_id, voter)
     SELECT poll_id, id, $3 FROM choice WHERE poll_id = $1 AND id = $2
     ON CONFLICT (poll_id, voter) DO UPDATE SET choice_id = excluded.choice_id`,
    [poll, choice, voter],
  );
  return rowCount > 0;
}
