// Become somebody else, or start a child that is; say of each the errno, 0 when done.
package main

import (
	"errors"
	"fmt"
	"os/exec"
	"syscall"
)

func tell(name string, err error) {
	var errno syscall.Errno
	errors.As(err, &errno)
	fmt.Println(name, int(errno))
}

func start(attributes syscall.SysProcAttr) error {
	command := exec.Command("/usr/bin/true")
	command.SysProcAttr = &attributes
	return command.Run()
}

func main() {
	tell("credential", start(syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 0, Gid: 0}}))
	tell("groups", start(syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 1000, Gid: 1000, Groups: []uint32{0}}}))
	tell("ambient", start(syscall.SysProcAttr{AmbientCaps: []uintptr{21}}))
	tell("user_namespace", start(syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}}}))
	tell("setgroups", syscall.Setgroups([]int{0}))
	tell("setgid", syscall.Setgid(0))
	tell("setuid", syscall.Setuid(0))
	fmt.Println("ids", syscall.Getuid(), syscall.Geteuid(), syscall.Getgid())
}
