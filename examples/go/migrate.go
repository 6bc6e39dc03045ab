package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log"

	"github.com/jackc/pgx/v5"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Any number will do, as long as nothing else in this database takes the same advisory lock.
const lock = 3_402_117

// migrate applies the SQL files in the order of their names, each once.
//
// Each unit of the application runs this at the same time, so the first takes a lock and the
// others wait for it. All of it is one transaction: a file that fails changes nothing.
func migrate(ctx context.Context, chosen settings) error {
	if chosen.database == "" {
		return errors.New("POSTGRESQL_DB_CONNECT_STRING is not set")
	}
	connection, err := pgx.Connect(ctx, chosen.database)
	if err != nil {
		return fmt.Errorf("the database does not answer: %w", err)
	}
	defer connection.Close(context.Background())
	return pgx.BeginFunc(ctx, connection, func(within pgx.Tx) error {
		return apply(ctx, within)
	})
}

func apply(ctx context.Context, within pgx.Tx) error {
	const begin = `
		CREATE TABLE IF NOT EXISTS schema_migration
		(name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`
	if _, err := within.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(lock)); err != nil {
		return err
	}
	if _, err := within.Exec(ctx, begin); err != nil {
		return err
	}
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := applyOnce(ctx, within, file); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	log.Print("the schema is up to date")
	return nil
}

func applyOnce(ctx context.Context, within pgx.Tx, file string) error {
	const note = "INSERT INTO schema_migration (name) VALUES ($1) ON CONFLICT DO NOTHING"
	noted, err := within.Exec(ctx, note, file)
	if err != nil || noted.RowsAffected() == 0 {
		return err
	}
	statements, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	log.Printf("applying %s", file)
	_, err = within.Exec(ctx, string(statements))
	return err
}
