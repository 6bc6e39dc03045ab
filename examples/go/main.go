// Reading list: links that a group of people wants to read.
//
// "/" shows the list, "/env" the environment that the program was given, and "/health" whether the
// database answers. "reading-list migrate" brings the database's schema up to date.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Less than the 30 seconds after which Pebble would kill the program.
const longestFarewell = 20 * time.Second

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	run := serve
	if len(os.Args) > 1 {
		if len(os.Args) > 2 || os.Args[1] != "migrate" {
			log.Fatalf("usage: %s [migrate]", os.Args[0])
		}
		run = migrate
	}
	if err := run(ctx, readSettings(os.Getenv)); err != nil {
		// The charm shows the last line in the unit's status.
		log.Fatal(err)
	}
}

func serve(ctx context.Context, chosen settings) error {
	pool, err := pgxpool.New(ctx, chosen.database)
	if err != nil {
		return fmt.Errorf("the database's address cannot be used: %w", err)
	}
	defer pool.Close()
	site := &site{list: list{pool: pool}, settings: chosen}
	servers := map[string]*http.Server{}
	for port, handler := range site.handlers() {
		servers[port] = &http.Server{
			Addr:              ":" + port,
			Handler:           handler,
			ReadHeaderTimeout: 10 * time.Second,
		}
	}
	failed := make(chan error, len(servers))
	for _, server := range servers {
		go func() { failed <- server.ListenAndServe() }()
		log.Printf("listening on %s", server.Addr)
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	// Those who are being served are served to the end.
	log.Print("stopping")
	leaving, cancel := context.WithTimeout(context.Background(), longestFarewell)
	defer cancel()
	var problems []error
	for _, server := range servers {
		problems = append(problems, server.Shutdown(leaving))
	}
	return errors.Join(problems...)
}
