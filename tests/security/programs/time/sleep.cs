// Sleep, deaf to what asks for an end.
using System;
using System.Threading;

AppDomain.CurrentDomain.ProcessExit += (_, _) => Thread.Sleep(Timeout.Infinite);
Console.WriteLine("asleep");
