package main

import (
	"embed"
	"encoding/json"
	"html/template"
	"log"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

//go:embed pages/*.html
var pageFiles embed.FS

var pages = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

type site struct {
	list     list
	settings settings
}

// handlers returns what to serve by port. Metrics may have one of their own.
func (s *site) handlers() map[string]http.Handler {
	pages := http.NewServeMux()
	pages.HandleFunc("GET /{$}", s.showList)
	pages.HandleFunc("POST /items", s.addItem)
	pages.HandleFunc("POST /items/{id}/read", s.markRead)
	pages.HandleFunc("GET /env", s.showEnvironment)
	pages.HandleFunc("GET /env/{name}", s.showVariable)
	pages.HandleFunc("GET /health", s.health)
	metrics := pages
	handlers := map[string]http.Handler{s.settings.port: pages}
	if s.settings.metricsPort != s.settings.port {
		metrics = http.NewServeMux()
		handlers[s.settings.metricsPort] = metrics
	}
	metrics.Handle("GET "+s.settings.metricsPath, promhttp.Handler())
	return handlers
}

func (s *site) showList(answer http.ResponseWriter, request *http.Request) {
	items, err := s.list.latest(request.Context())
	if err != nil {
		s.fail(answer, err)
		return
	}
	s.show(answer, "list.html", map[string]any{
		"Items":  items,
		"Reader": s.reader(request),
	})
}

func (s *site) addItem(answer http.ResponseWriter, request *http.Request) {
	request.Body = http.MaxBytesReader(answer, request.Body, 10_000)
	one := item{
		Title:  strings.TrimSpace(request.FormValue("title")),
		URL:    strings.TrimSpace(request.FormValue("url")),
		Reader: strings.TrimSpace(request.FormValue("reader")),
	}
	where, err := url.Parse(one.URL)
	if err != nil || (where.Scheme != "http" && where.Scheme != "https") || where.Host == "" {
		http.Error(answer, "An item needs the URL of a page.", http.StatusBadRequest)
		return
	}
	if one.Title == "" || one.Reader == "" {
		http.Error(answer, "An item needs a title and a reader.", http.StatusBadRequest)
		return
	}
	if err := s.list.add(request.Context(), one); err != nil {
		s.fail(answer, err)
		return
	}
	s.rememberReader(answer, one.Reader)
	s.goHome(answer)
}

func (s *site) markRead(answer http.ResponseWriter, request *http.Request) {
	id, err := strconv.ParseInt(request.PathValue("id"), 10, 64)
	if err != nil {
		http.NotFound(answer, request)
		return
	}
	if err := s.list.markRead(request.Context(), id); err != nil {
		s.fail(answer, err)
		return
	}
	s.goHome(answer)
}

func (s *site) showEnvironment(answer http.ResponseWriter, _ *http.Request) {
	s.show(answer, "environment.html", map[string]any{"Variables": variables()})
}

// showVariable answers with null, not with 404, for a variable that is not set: both are good news.
func (s *site) showVariable(answer http.ResponseWriter, request *http.Request) {
	name := request.PathValue("name")
	told := map[string]any{"name": name, "value": nil}
	if value, is := os.LookupEnv(name); is {
		told["value"] = mask(name, value)
	}
	tell(answer, http.StatusOK, told)
}

// health tells whether the database answers.
func (s *site) health(answer http.ResponseWriter, request *http.Request) {
	if err := s.list.pool.Ping(request.Context()); err != nil {
		tell(answer, http.StatusServiceUnavailable, map[string]any{"database": "unreachable"})
		return
	}
	tell(answer, http.StatusOK, map[string]any{"database": "ok"})
}

func (s *site) show(answer http.ResponseWriter, page string, values map[string]any) {
	values["Title"] = s.settings.title
	values["Root"] = s.root()
	answer.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := pages.ExecuteTemplate(answer, page, values); err != nil {
		log.Printf("%s: %v", page, err)
	}
}

// root is the path below which users see the site: an ingress takes it off before it asks here.
func (s *site) root() string {
	where, err := url.Parse(s.settings.baseURL)
	if err != nil {
		return "/"
	}
	return strings.TrimRight(where.Path, "/") + "/"
}

func (s *site) goHome(answer http.ResponseWriter) {
	answer.Header().Set("Location", s.root())
	answer.WriteHeader(http.StatusSeeOther)
}

func (s *site) fail(answer http.ResponseWriter, err error) {
	log.Print(err)
	http.Error(answer, "The database does not answer. Try again in a moment.",
		http.StatusServiceUnavailable)
}

func tell(answer http.ResponseWriter, status int, what map[string]any) {
	answer.Header().Set("Content-Type", "application/json")
	answer.WriteHeader(status)
	if err := json.NewEncoder(answer).Encode(what); err != nil {
		log.Print(err)
	}
}
