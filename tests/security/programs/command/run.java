// Run the arguments as a command.
class Main {
    public static void main(String[] args) throws Exception {
        var inherit = ProcessBuilder.Redirect.INHERIT;
        new ProcessBuilder(args).redirectInput(inherit).redirectOutput(inherit).redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }
}
