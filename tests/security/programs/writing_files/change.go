// Change each of the files of the arguments in every way there is; one line each.
package main

import (
	"fmt"
	"os"
	"time"
)

func tell(what, path string, err error) {
	if err != nil {
		fmt.Printf("%s %s: %v\n", what, path, err)
	} else {
		fmt.Printf("%s %s: done\n", what, path)
	}
}

func main() {
	for _, path := range os.Args[1:] {
		os.WriteFile("own", []byte("evil"), 0o777)
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		tell("write", path, err)
		file.Close()
		tell("overwrite", path, os.WriteFile(path, []byte("evil"), 0o777))
		tell("truncate", path, os.Truncate(path, 0))
		tell("chmod", path, os.Chmod(path, 0o777))
		tell("chown", path, os.Lchown(path, os.Getuid(), os.Getgid()))
		tell("times", path, os.Chtimes(path, time.Unix(1, 0), time.Unix(1, 0)))
		tell("link", path, os.Link(path, "linked"+fmt.Sprint(len(path))))
		tell("rename over", path, os.Rename("own", path))
		tell("remove", path, os.Remove(path))
	}
}
