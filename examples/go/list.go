package main

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const shown = 50

// An item is something to read.
type item struct {
	ID      int64
	Title   string
	URL     string
	Reader  string
	AddedAt time.Time
	IsRead  bool
}

type list struct {
	pool *pgxpool.Pool
}

func (l list) latest(ctx context.Context) ([]item, error) {
	rows, err := l.pool.Query(ctx, `
		SELECT id, title, url, reader, added_at, is_read
		FROM item ORDER BY is_read, id DESC LIMIT $1`, shown)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[item])
}

func (l list) add(ctx context.Context, one item) error {
	_, err := l.pool.Exec(ctx,
		"INSERT INTO item (title, url, reader) VALUES ($1, $2, $3)",
		one.Title, one.URL, one.Reader)
	return err
}

func (l list) markRead(ctx context.Context, id int64) error {
	_, err := l.pool.Exec(ctx, "UPDATE item SET is_read = true WHERE id = $1", id)
	return err
}
