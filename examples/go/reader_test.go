package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func signedBy(key, name string) *http.Cookie {
	answer := httptest.NewRecorder()
	(&site{settings: settings{secretKey: key}}).rememberReader(answer, name)
	return answer.Result().Cookies()[0]
}

func readBy(key string, cookie *http.Cookie) string {
	request := httptest.NewRequest(http.MethodGet, "/", nil)
	request.AddCookie(cookie)
	return (&site{settings: settings{secretKey: key}}).reader(request)
}

func TestAReaderIsRememberedByAllWhoHaveTheKey(t *testing.T) {
	if found := readBy("key", signedBy("key", "Ada Ł.")); found != "Ada Ł." {
		t.Errorf("%q", found)
	}
}

func TestWhatAnotherKeySignedIsForgotten(t *testing.T) {
	if found := readBy("new", signedBy("old", "Ada")); found != "" {
		t.Errorf("%q", found)
	}
}

func TestWhatNobodySignedIsNotBelieved(t *testing.T) {
	for _, value := range []string{"", ".", "QWRh", "QWRh.QWRh", "%%."} {
		if found := readBy("key", &http.Cookie{Name: readerCookie, Value: value}); found != "" {
			t.Errorf("%q from %q", found, value)
		}
	}
}
