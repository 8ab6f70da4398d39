// Print the arguments as they came.
foreach (var word in args) Console.WriteLine(word);
