// What is said of a result, in a line.

const WORDS = {
  ok: "done",
  nonzero_exit: "ended",
  signaled: "killed by a signal",
  timeout: "time was up",
  cpu_timeout: "CPU time was up",
  out_of_memory: "out of memory",
  skipped: "not run",
};

function duration(ms) {
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** {text, isGood} of the service's answer. */
export function summary({ language, version, compile, run, cached }) {
  const stage = run.status === "skipped" && compile ? compile : run;
  const parts = [
    (stage === compile ? "compiling: " : "") + (WORDS[stage.status] ?? stage.status.replaceAll("_", " ")),
    stage.code !== null && `exit code ${stage.code}`,
    stage.signal,
    `${duration(stage.time_ms)} (${duration(stage.cpu_ms)} of CPU)`,
    stage.memory_kb && `${(stage.memory_kb / 1024).toFixed(1)} MiB`,
    compile && stage === run && `compiled in ${duration(compile.time_ms)}${cached ? " (kept from before)" : ""}`,
    stage.stdout_truncated && "stdout was cut off",
    stage.stderr_truncated && "stderr was cut off",
    stage.message,
    `${language} ${version}`,
  ];
  return { text: parts.filter(Boolean).join(" · "), isGood: stage.status === "ok" };
}
