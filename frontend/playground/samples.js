// What each language begins with: {file name: content}.

export const SAMPLES = {
  bash: ["main.sh", 'name=${1:-world}\necho "Hello, $name!"\n'],
  c: ["main.c", '#include <stdio.h>\n\nint main(void) {\n    puts("Hello, world!");\n}\n'],
  "c++": ["main.cpp", '#include <iostream>\n\nint main() {\n    std::cout << "Hello, world!\\n";\n}\n'],
  csharp: ["main.cs", 'Console.WriteLine("Hello, world!");\n'],
  go: ["main.go", 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("Hello, world!")\n}\n'],
  java: ["Main.java", 'class Main {\n    public static void main(String[] args) {\n        System.out.println("Hello, world!");\n    }\n}\n'],
  javascript: ["main.js", 'console.log("Hello, world!");\n'],
  python: ["main.py", 'print("Hello, world!")\n'],
  "python-data": ["main.py", "import numpy as np\n\nprint(np.arange(12).reshape(3, 4))\n"],
  ruby: ["main.rb", 'puts "Hello, world!"\n'],
  rust: ["main.rs", 'fn main() {\n    println!("Hello, world!");\n}\n'],
  typescript: ["main.ts", 'const words: string[] = ["Hello", "world"];\nconsole.log(`${words.join(", ")}!`);\n'],
};

/** A workspace to begin with. */
export function sample(language) {
  const [name, content] = SAMPLES[language] ?? ["main.txt", ""];
  return { language, version: "*", files: [{ name, content }], stdin: "", args: "" };
}
