// Fetch each of the arguments with what the language has for it; one line each.
(async () => {
  for (const url of process.argv.slice(2)) {
    const told = await fetch(url, { headers: { Metadata: "true" }, signal: AbortSignal.timeout(5000) })
      .then((response) => `done ${response.status}`, (error) => `${error.cause?.code ?? error}`);
    console.log(`${url}: ${told}`);
  }
})();
