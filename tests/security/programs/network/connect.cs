// Reach each of the arguments, such as tcp/127.0.0.1/80, and send a word; one line each.
using System;
using System.Net;
using System.Net.Sockets;
using System.Text;

foreach (var target in args)
{
    var parts = target.Split('/');
    var address = IPAddress.Parse(parts[1]);
    var (type, protocol) = parts[0] == "tcp" ? (SocketType.Stream, ProtocolType.Tcp) : (SocketType.Dgram, ProtocolType.Udp);
    try
    {
        using var socket = new Socket(address.AddressFamily, type, protocol);
        socket.Connect(address, int.Parse(parts[2]));
        socket.Send(Encoding.ASCII.GetBytes("secret"));
        Console.WriteLine($"{target}: done");
    }
    catch (SocketException error)
    {
        Console.WriteLine($"{target}: {error.Message}");
    }
}
