// Run the arguments as a command.
using System;
using System.Diagnostics;

var start = new ProcessStartInfo(args[0], args[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
using var process = Process.Start(start)!;
process.ErrorDataReceived += (_, _) => { };
process.BeginErrorReadLine();
Console.Write(process.StandardOutput.ReadToEnd());
