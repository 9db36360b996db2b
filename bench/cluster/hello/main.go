// The least that a pod can be: answers every request, and says when it was started.
package main

import (
	"fmt"
	"net/http"
	"os"
	"time"
)

func main() {
	fmt.Printf("{\"process.start\":%q}\n", time.Now().UTC().Format("2006-01-02T15:04:05.000Z"))
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "hello") })
	if err := http.ListenAndServe(":"+os.Getenv("PORT"), nil); err != nil {
		panic(err)
	}
}
