// Echo answers every line of its input with the content of a file, which must
// be a line: no server on a pipe can do less.
package main

import (
	"bufio"
	"log"
	"os"
)

func main() {
	reply, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	in := bufio.NewReaderSize(os.Stdin, 64<<10)
	out := bufio.NewWriterSize(os.Stdout, 64<<10)
	for {
		if _, err := in.ReadSlice('\n'); err != nil {
			return
		}
		if _, err := out.Write(reply); err != nil {
			return
		}
		if in.Buffered() == 0 { // nothing follows at once
			if err := out.Flush(); err != nil {
				return
			}
		}
	}
}
