// Say whether the compiler executed owned.sh; then execute it, which shows that it works.
using System.Diagnostics;

void Look() => Console.WriteLine(File.Exists("owned") ? "done" : "no");
Look();
Process.Start("sh", "./owned.sh").WaitForExit();
Look();
