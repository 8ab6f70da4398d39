// Fail fast.
System.Environment.FailFast("nobody catches this");
