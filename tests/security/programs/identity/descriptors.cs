// Where the descriptors lead that are open when a program begins.
using System;
using System.IO;

foreach (string path in Directory.GetFileSystemEntries("/proc/self/fd")) {
    string target = new FileInfo(path).LinkTarget;
    if (target != null) Console.WriteLine($"{Path.GetFileName(path)} {target}");
}
