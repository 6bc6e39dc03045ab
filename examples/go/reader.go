package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

const readerCookie = "reader"

// rememberReader keeps a name in the browser, signed with the key that all units have.
func (s *site) rememberReader(answer http.ResponseWriter, name string) {
	text := base64.RawURLEncoding.EncodeToString([]byte(name))
	http.SetCookie(answer, &http.Cookie{
		Name:     readerCookie,
		Value:    text + "." + s.signature(text),
		Path:     "/",
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
		Secure:   strings.HasPrefix(s.settings.baseURL, "https:"),
	})
}

// reader returns the name that a browser remembers, empty if it was signed with another key.
func (s *site) reader(request *http.Request) string {
	cookie, err := request.Cookie(readerCookie)
	if err != nil {
		return ""
	}
	text, signature, _ := strings.Cut(cookie.Value, ".")
	if !hmac.Equal([]byte(signature), []byte(s.signature(text))) {
		return ""
	}
	name, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return ""
	}
	return string(name)
}

func (s *site) signature(text string) string {
	made := hmac.New(sha256.New, []byte(s.settings.secretKey))
	made.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(made.Sum(nil))
}
