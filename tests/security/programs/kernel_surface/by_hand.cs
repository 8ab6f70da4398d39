// Make the calls that stdin names, a line each: name, number, arguments; P points to zeros. Say of each the errno.
using System;
using System.Globalization;
using System.Runtime.InteropServices;

class Program {
    [DllImport("libc", SetLastError = true)]
    static extern long syscall(long number, ulong a, ulong b, ulong c, ulong d, ulong e, ulong f);

    static void Main() {
        IntPtr zeros = Marshal.AllocHGlobal(4096);
        Marshal.Copy(new byte[4096], 0, zeros, 4096);
        while (Console.ReadLine() is string line) {
            string[] fields = line.Split(' ');
            var words = new ulong[6];
            for (int i = 2; i < fields.Length; i++)
                words[i - 2] = fields[i] == "P" ? (ulong)zeros : ulong.Parse(fields[i], NumberStyles.HexNumber);
            long result = syscall(long.Parse(fields[1]), words[0], words[1], words[2], words[3], words[4], words[5]);
            Console.WriteLine($"{fields[0]} {(result < 0 ? Marshal.GetLastPInvokeError() : 0)}");
        }
    }
}
