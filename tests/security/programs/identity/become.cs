// Become somebody else through the C library; say of each the errno, 0 when done.
using System;
using System.Runtime.InteropServices;

class Program {
    [DllImport("libc", SetLastError = true)] static extern int setgid(uint id);
    [DllImport("libc", SetLastError = true)] static extern int setegid(uint id);
    [DllImport("libc", SetLastError = true)] static extern int setgroups(long count, uint[] groups);
    [DllImport("libc", SetLastError = true)] static extern int seteuid(uint id);
    [DllImport("libc", SetLastError = true)] static extern int setuid(uint id);
    [DllImport("libc")] static extern uint getuid();
    [DllImport("libc")] static extern uint geteuid();

    static void Tell(string name, int result) => Console.WriteLine($"{name} {(result < 0 ? Marshal.GetLastPInvokeError() : 0)}");

    static void Main() {
        Tell("setgroups", setgroups(1, new uint[] { 0 }));
        Tell("setegid", setegid(0));
        Tell("setgid", setgid(0));
        Tell("seteuid", seteuid(0));
        Tell("setuid", setuid(0));
        Console.WriteLine($"ids {getuid()} {geteuid()}");
    }
}
