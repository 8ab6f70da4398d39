// Send itself the signal that the argument says.
using System;
using System.Runtime.InteropServices;
using System.Threading;

class Program
{
    [DllImport("libc")] static extern int kill(int pid, int number);

    static int Main(string[] args)
    {
        kill(Environment.ProcessId, int.Parse(args[0]));
        Thread.Sleep(2000);
        return 42;
    }
}
