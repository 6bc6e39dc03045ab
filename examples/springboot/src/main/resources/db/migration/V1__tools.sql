CREATE TABLE tool (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    owner text NOT NULL,
    borrower text,
    added_at timestamptz NOT NULL DEFAULT now()
);
