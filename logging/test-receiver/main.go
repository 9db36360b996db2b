// Receives batches from Filebeat over the beats protocol, as Logstash's beats input does. Writes each batch to stdout as one
// line of JSON, an array of events, and acknowledges it to Filebeat once a line comes back on stdin.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"os"

	"github.com/elastic/go-lumber/server"
)

func main() {
	address := flag.String("address", "127.0.0.1:0", "where to listen")
	flag.Parse()

	listener, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatal(err)
	}
	receiver, err := server.NewWithListener(listener, server.V2(true))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr())

	acknowledgements := bufio.NewScanner(os.Stdin)
	for batch := range receiver.ReceiveChan() {
		line, err := json.Marshal(batch.Events)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(line))
		if !acknowledgements.Scan() {
			return
		}
		batch.ACK()
	}
}
