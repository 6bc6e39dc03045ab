package main

import (
	"strings"
	"testing"
)

func TestASecretIsNotShown(t *testing.T) {
	for name, value := range map[string]string{
		"APP_SECRET_KEY":               "hush",
		"POSTGRESQL_DB_PASSWORD":       "hush",
		"S3_ACCESS_KEY":                "hush",
		"APP_API_TOKEN":                "hush",
		"POSTGRESQL_DB_CONNECT_STRING": "postgresql://ada:hush@10.0.0.1:5432/reading-list",
		"POSTGRESQL_DB_NETLOC":         "ada:hush@10.0.0.1:5432",
		"REDIS_DB_CONNECT_STRING":      "redis://:hush@10.0.0.1:6379",
	} {
		if shown := mask(name, value); strings.Contains(shown, "hush") {
			t.Errorf("%s is shown as %s", name, shown)
		}
	}
}

func TestWhatIsNoSecretIsShownAsItIs(t *testing.T) {
	for name, value := range map[string]string{
		"APP_TITLE":               "To read: now",
		"APP_BASE_URL":            "http://reading-list.model:8080/",
		"REDIS_DB_CONNECT_STRING": "redis://10.0.0.1:6379",
	} {
		if shown := mask(name, value); shown != value {
			t.Errorf("%s is shown as %s", name, shown)
		}
	}
}

func TestARotatedSecretLooksDifferent(t *testing.T) {
	if mask("APP_SECRET_KEY", "old") == mask("APP_SECRET_KEY", "new") {
		t.Error("it looks the same")
	}
}
