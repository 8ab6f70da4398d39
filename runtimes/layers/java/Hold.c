/*
 * An agent of the JVM that lets it wait, fully started, for the program it is to run: when the file that
 * its option names is a FIFO, until that ends. Where there is none it does nothing, so that the command is
 * the same whether a JVM has waited or not. It asks for no capability of JVMTI: those cost time.
 */
#include <errno.h>
#include <fcntl.h>
#include <jvmti.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *fifo;

static void JNICALL hold(jvmtiEnv *jvmti, JNIEnv *jni, jthread thread)
{
    struct stat status;
    char byte;
    int fd;

    /* A request's file of that name is a regular one. */
    if (lstat(fifo, &status) || !S_ISFIFO(status.st_mode))
        return;
    fd = open(fifo, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    while (read(fd, &byte, 1) != 0 && errno == EINTR)
        ;
    close(fd);
}

JNIEXPORT jint JNICALL Agent_OnLoad(JavaVM *jvm, char *options, void *reserved)
{
    jvmtiEventCallbacks callbacks = {.VMInit = hold};
    jvmtiEnv *jvmti;

    fifo = options ? strdup(options) : NULL;
    if (!fifo || (*jvm)->GetEnv(jvm, (void **)&jvmti, JVMTI_VERSION_1_2) != JNI_OK)
        return JNI_ERR;
    (*jvmti)->SetEventCallbacks(jvmti, &callbacks, sizeof callbacks);
    return (*jvmti)->SetEventNotificationMode(jvmti, JVMTI_ENABLE, JVMTI_EVENT_VM_INIT, NULL);
}
