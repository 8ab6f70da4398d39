// Become somebody else through the C library; say of each the errno, 0 when done.
import java.lang.foreign.*;
import java.lang.invoke.*;
import static java.lang.foreign.ValueLayout.*;

class Main {
    static final Linker LINKER = Linker.nativeLinker();
    static final StructLayout STATE = Linker.Option.captureStateLayout();
    static final MemorySegment CAPTURED = Arena.global().allocate(STATE);
    static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    static void attempt(String name) throws Throwable {
        MethodHandle call = LINKER.downcallHandle(LINKER.defaultLookup().find(name).get(),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT), Linker.Option.captureCallState("errno"));
        int result = (int) call.invokeExact(CAPTURED, 0);
        System.out.println(name + " " + (result < 0 ? (int) ERRNO.get(CAPTURED, 0L) : 0));
    }

    public static void main(String[] args) throws Throwable {
        for (String name : new String[] {"setegid", "setgid", "seteuid", "setuid"})
            attempt(name);
        MethodHandle getuid = LINKER.downcallHandle(LINKER.defaultLookup().find("getuid").get(), FunctionDescriptor.of(JAVA_INT));
        System.out.println("ids " + (int) getuid.invokeExact());
    }
}
