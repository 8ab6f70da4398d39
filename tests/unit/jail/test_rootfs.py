"""The plan of a jail's root, as data."""

from jail.abi import MS_BIND, MS_NODEV, MS_NOSUID, MS_RDONLY
from jail.rootfs import NEW_ROOT, STAGE, MakeDevice, MakeDirectory, Mount, plan_rootfs
from jail.spec import JailSpec

SPEC = JailSpec(
    name="python-1",
    host_id=1_900_000_007,
    layers=("python-1", "base-2"),
    disk_bytes=1000,
    disk_inodes=10,
    open_files=10,
    file_size_bytes=1000,
    stack_bytes=1000,
    cgroup_version=1,
)


def mounts() -> list[Mount]:
    return [operation for operation in plan_rootfs(SPEC, ["kcore", "sys/kernel"]) if isinstance(operation, Mount)]


def test_writable_tmpfs_is_limited_and_comes_first() -> None:
    first = mounts()[0]
    assert (first.fstype, first.target) == ("tmpfs", STAGE)
    assert "size=1000" in first.options.split(",")
    assert "nr_inodes=10" in first.options.split(",")


def test_overlay_names_no_path_of_the_host() -> None:
    (overlay,) = [mount for mount in mounts() if mount.fstype == "overlay"]
    options = dict(option.split("=") for option in overlay.options.split(","))
    assert options["lowerdir"] == "python-1:base-2"
    assert options["upperdir"].startswith(STAGE)
    assert not any("/var/lib" in mount.options for mount in mounts())


def test_every_file_system_refuses_setuid_and_new_devices() -> None:
    for mount in mounts():
        if mount.fstype:
            assert mount.flags & MS_NOSUID, mount
            assert mount.flags & MS_NODEV or mount.target == f"{NEW_ROOT}/dev", mount


def test_devices_are_the_jails_own_and_read_only() -> None:
    """An inode that two jails see is a channel between them."""
    steps = plan_rootfs(SPEC, [])
    devices = [step.path for step in steps if isinstance(step, MakeDevice)]
    assert sorted(devices) == [
        f"{NEW_ROOT}/dev/{name}" for name in ("full", "null", "random", "tty", "urandom", "zero")
    ]
    bound = [step.source for step in steps if isinstance(step, Mount) and step.flags & MS_BIND and step.source]
    assert all(source.startswith(STAGE) for source in bound)
    remount = next(
        step for step in steps if isinstance(step, Mount) and step.target == f"{NEW_ROOT}/dev" and not step.fstype
    )
    assert remount.flags & MS_RDONLY


def test_proc_is_masked_before_it_becomes_read_only() -> None:
    on_proc = [mount for mount in mounts() if mount.target.startswith(f"{NEW_ROOT}/proc")]
    assert on_proc[0].fstype == "proc"
    assert "hidepid=ptraceable" in on_proc[0].options
    assert [mount.target for mount in on_proc[1:-1]] == [f"{NEW_ROOT}/proc/kcore", f"{NEW_ROOT}/proc/sys/kernel"]
    assert on_proc[-1].flags & (MS_RDONLY | MS_BIND) == MS_RDONLY | MS_BIND


def test_program_owns_its_box_and_nothing_else() -> None:
    directories = [step for step in plan_rootfs(SPEC, []) if isinstance(step, MakeDirectory)]
    owned = [step.path for step in directories if step.owner == SPEC.host_id]
    assert owned == [f"{STAGE}/upper/box"]
    shared = [step.path for step in directories if step.mode & 0o002]
    assert shared == [f"{STAGE}/upper/tmp", f"{STAGE}/upper/var/tmp"]


def test_steps_have_names_for_the_log() -> None:
    names = [str(step) for step in plan_rootfs(SPEC, [])]
    assert "mount overlay on /stage/root" in names
    assert len(set(names)) == len(names)
