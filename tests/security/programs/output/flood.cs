// Write numbered lines of 16 bytes to a stream: as many bytes as the second argument says (0: for ever).
using System.Text;

long size = long.Parse(args[1]);
Stream[] streams = args[0] switch {
    "stdout" => [Console.OpenStandardOutput()],
    "stderr" => [Console.OpenStandardError()],
    _ => [Console.OpenStandardOutput(), Console.OpenStandardError()],
};
for (long number = 0; size == 0 || number * 16 < size; number += 1000) {
    var block = new StringBuilder();
    for (long n = number; n < number + 1000; n++) block.Append(n.ToString("D15")).Append('\n');
    int length = (int)(size == 0 ? 16000 : Math.Min(16000, size - number * 16));
    foreach (var stream in streams) stream.Write(Encoding.ASCII.GetBytes(block.ToString()), 0, length);
}
