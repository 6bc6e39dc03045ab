CREATE TABLE poll (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    question text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE choice (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    poll_id bigint NOT NULL REFERENCES poll ON DELETE CASCADE,
    text text NOT NULL,
    UNIQUE (poll_id, id)
);

-- Whoever votes again changes their mind.
CREATE TABLE vote (
    poll_id bigint NOT NULL,
    choice_id bigint NOT NULL,
    voter uuid NOT NULL,
    PRIMARY KEY (poll_id, voter),
    FOREIGN KEY (poll_id, choice_id) REFERENCES choice (poll_id, id) ON DELETE CASCADE
);
