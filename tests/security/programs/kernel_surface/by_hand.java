// Make the calls that stdin names, a line each: name, number, arguments; P points to zeros. Say of each the errno.
import java.io.*;
import java.lang.foreign.*;
import java.lang.invoke.*;
import static java.lang.foreign.ValueLayout.*;

class Main {
    public static void main(String[] args) throws Throwable {
        Linker linker = Linker.nativeLinker();
        StructLayout state = Linker.Option.captureStateLayout();
        VarHandle errno = state.varHandle(MemoryLayout.PathElement.groupElement("errno"));
        MethodHandle call = linker.downcallHandle(linker.defaultLookup().find("syscall").get(),
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.captureCallState("errno"));
        MemorySegment zeros = Arena.global().allocate(4096), captured = Arena.global().allocate(state);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null;) {
            String[] fields = line.split(" ");
            long[] words = new long[6];
            for (int i = 2; i < fields.length; i++)
                words[i - 2] = fields[i].equals("P") ? zeros.address() : Long.parseUnsignedLong(fields[i], 16);
            long result = (long) call.invokeExact(captured, Long.parseLong(fields[1]), words[0], words[1], words[2], words[3], words[4], words[5]);
            System.out.println(fields[0] + " " + (result < 0 ? (int) errno.get(captured, 0L) : 0));
        }
    }
}
