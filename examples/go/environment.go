package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"regexp"
	"sort"
	"strings"
)

var (
	secretName    = regexp.MustCompile(`(?i)SECRET|PASSWORD|TOKEN|CREDENTIAL|(^|_)KEY$`)
	passwordInURL = regexp.MustCompile(`(:)([^:/@\s]+)(@)`)
)

// A variable of this process, with its secrets masked.
type variable struct {
	Name  string
	Value string
}

func variables() []variable {
	var found []variable
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		found = append(found, variable{Name: name, Value: mask(name, value)})
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Name < found[j].Name })
	return found
}

// mask replaces a secret by dots and four hexadecimal digits of its digest.
//
// The digits tell a rotated key from the old one. They are too few to confirm a guess.
func mask(name, value string) string {
	if secretName.MatchString(name) {
		return dots(value)
	}
	return passwordInURL.ReplaceAllStringFunc(value, func(found string) string {
		return ":" + dots(found[1:len(found)-1]) + "@"
	})
}

func dots(secret string) string {
	if secret == "" {
		return ""
	}
	return fmt.Sprintf("••••%x", sha256.Sum256([]byte(secret)))[:len("••••")+4]
}
