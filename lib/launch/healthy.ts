// Health check of a container without a shell: exit code 0 when the address given answers 2xx within two seconds.
const address = process.argv[2] ?? '';
try {
  const answer = await fetch(address, { signal: AbortSignal.timeout(2_000) });
  await answer.body?.cancel();
  process.exitCode = answer.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
