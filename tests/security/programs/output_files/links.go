// The same from Go.
package main

import "os"

func main() {
	os.Symlink("/etc/passwd", "passwd")
	os.Symlink("/etc", "etc")
	os.Mkdir("folder", 0o755)
	os.Symlink("/proc/self/environ", "folder/environ")
	os.WriteFile("honest", []byte("honest"), 0o644)
}
