CREATE TABLE job (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('reply', 'summary')),
    card_id bigint REFERENCES card ON DELETE CASCADE,
    queued_at timestamptz NOT NULL DEFAULT now(),
    done_at timestamptz,
    done_by text
);

CREATE INDEX job_waiting ON job (id) WHERE done_at IS NULL;

-- One row at most: the latest count.
CREATE TABLE summary (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    cards bigint NOT NULL,
    counted_at timestamptz NOT NULL DEFAULT now()
);
