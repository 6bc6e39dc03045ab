package main

// What the charm sets. A name of the first line is that on Ubuntu 24.04, the one after it that on
// 26.04, where ports are the author's to choose.
type settings struct {
	port        string
	metricsPort string
	metricsPath string
	baseURL     string
	database    string
	secretKey   string
	// An option of this example's own.
	title string
}

func readSettings(get func(string) string) settings {
	first := func(otherwise string, names ...string) string {
		for _, name := range names {
			if value := get(name); value != "" {
				return value
			}
		}
		return otherwise
	}
	chosen := settings{
		port:        first("8080", "APP_PORT", "PORT"),
		metricsPath: first("/metrics", "APP_METRICS_PATH", "METRICS_PATH"),
		baseURL:     first("", "APP_BASE_URL"),
		database:    first("", "POSTGRESQL_DB_CONNECT_STRING"),
		secretKey:   first("", "APP_SECRET_KEY"),
		title:       first("Reading list", "APP_TITLE"),
	}
	chosen.metricsPort = first(chosen.port, "APP_METRICS_PORT", "METRICS_PORT")
	return chosen
}
