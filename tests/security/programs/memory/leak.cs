// Take a little more again and again, and catch what the language has for it.
using System;
using System.Collections.Generic;

Console.WriteLine("begun");
var kept = new List<byte[]>();
try
{
    for (var left = int.Parse(args[0]); left > 0; left--)
    {
        var piece = new byte[1 << 20];
        Array.Fill(piece, (byte)1);
        kept.Add(piece);
    }
}
catch (OutOfMemoryException)
{
    Console.WriteLine("refused");
    return;
}
Console.WriteLine("filled");
