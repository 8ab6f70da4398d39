// What Go's own library has of it; say of each the errno, 0 when done.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

func tell(name string, err error) {
	var errno syscall.Errno
	if err == nil || errors.As(err, &errno) {
		fmt.Println(name, int(errno))
	} else {
		fmt.Println(name, err)
	}
}

func start(attributes syscall.SysProcAttr) error {
	command := exec.Command("/bin/true")
	command.SysProcAttr = &attributes
	err := command.Start()
	if err == nil {
		command.Wait()
	}
	return err
}

func main() {
	os.MkdirAll("/tmp/cell", 0o755)
	tell("mount", syscall.Mount("tmpfs", "/tmp/cell", "tmpfs", 0, ""))
	tell("unmount", syscall.Unmount("/tmp/cell", syscall.MNT_DETACH))
	tell("pivot_root", syscall.PivotRoot("/tmp/cell", "/tmp/cell/none"))
	tell("unshare", syscall.Unshare(syscall.CLONE_NEWNS))
	tell("chroot", syscall.Chroot("/"))
	tell("sethostname", syscall.Sethostname([]byte("evil")))
	tell("acct", syscall.Acct("/tmp/no/such/file"))
	tell("mknod", syscall.Mknod("/tmp/null", syscall.S_IFCHR|0o666, 0x103))
	for name, flags := range map[string]uintptr{
		"start_user": syscall.CLONE_NEWUSER, "start_net": syscall.CLONE_NEWNET, "start_pid": syscall.CLONE_NEWPID,
		"start_mount": syscall.CLONE_NEWNS, "start_ipc": syscall.CLONE_NEWIPC,
	} {
		tell(name, start(syscall.SysProcAttr{Cloneflags: flags}))
	}
	tell("start_unshared", start(syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}))
	tell("start_in_root", start(syscall.SysProcAttr{Chroot: "/"}))
	tell("start_traced", start(syscall.SysProcAttr{Ptrace: true}))
	tell("start_normal", start(syscall.SysProcAttr{}))
}
