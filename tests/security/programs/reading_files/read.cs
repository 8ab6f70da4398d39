// Read each of the files, or list each of the folders, of the arguments; one line each.
using System;
using System.IO;

foreach (var path in args)
{
    try
    {
        if (Directory.Exists(path))
            Directory.GetFileSystemEntries(path);
        else
            new FileStream(path, FileMode.Open, FileAccess.Read).ReadByte();
        Console.WriteLine($"{path}: done");
    }
    catch (Exception error) when (error is IOException or UnauthorizedAccessException)
    {
        Console.WriteLine($"{path}: {error.Message}");
    }
}
