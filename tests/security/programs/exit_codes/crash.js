// Have node abort.
process.abort();
