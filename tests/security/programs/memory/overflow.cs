// Recurse without end.
class Program
{
    static int Recurse(int depth) => Recurse(depth + 1) + 1;

    static void Main()
    {
        System.Console.WriteLine("begun");
        Recurse(0);
    }
}
