CREATE TABLE card (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sender text NOT NULL,
    message text NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    reply text
);
