package main

import "testing"

func read(given map[string]string) settings {
	return readSettings(func(name string) string { return given[name] })
}

func TestEachGenerationOfTheCharmHasItsNames(t *testing.T) {
	for _, given := range []map[string]string{
		{"APP_PORT": "9000", "APP_METRICS_PORT": "9100", "APP_METRICS_PATH": "/m"},
		{"PORT": "9000", "METRICS_PORT": "9100", "METRICS_PATH": "/m"},
	} {
		found := read(given)
		if found.port != "9000" || found.metricsPort != "9100" || found.metricsPath != "/m" {
			t.Errorf("%v is read as %+v", given, found)
		}
	}
}

func TestWithoutACharmItListensToo(t *testing.T) {
	found := read(nil)
	if found.port != "8080" || found.metricsPort != "8080" || found.metricsPath != "/metrics" {
		t.Errorf("%+v", found)
	}
}

func TestMetricsMayHaveAPortOfTheirOwn(t *testing.T) {
	for metricsPort, ports := range map[string]int{"9000": 1, "9100": 2} {
		one := site{settings: settings{port: "9000", metricsPort: metricsPort, metricsPath: "/m"}}
		if found := len(one.handlers()); found != ports {
			t.Errorf("%d ports for %s", found, metricsPort)
		}
	}
}
