// Change each of the files of the arguments in every way there is; one line each.
using System;
using System.IO;

void Attempt(string what, string path, Action action)
{
    try
    {
        action();
        Console.WriteLine($"{what} {path}: done");
    }
    catch (Exception error) when (error is IOException or UnauthorizedAccessException)
    {
        Console.WriteLine($"{what} {path}: {error.Message}");
    }
}

foreach (var path in args)
{
    File.WriteAllText("own", "evil");
    Attempt("write", path, () => new FileStream(path, FileMode.Open, FileAccess.ReadWrite).Dispose());
    Attempt("append", path, () => File.AppendAllText(path, "evil"));
    Attempt("truncate", path, () => File.WriteAllText(path, ""));
    Attempt("chmod", path, () => File.SetUnixFileMode(path, (UnixFileMode)0x1ff));
    Attempt("times", path, () => File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch));
    Attempt("copy over", path, () => File.Copy("own", path, true));
    Attempt("move over", path, () => File.Move("own", path, true));
    Attempt("delete", path, () => File.Delete(path));
}
