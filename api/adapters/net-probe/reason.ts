/** What went wrong with a connection, in words without addresses of ours. */
export function reasonOf(error: unknown, signal: AbortSignal): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (signal.aborted || code.includes('TIMEOUT') || code === 'ETIMEDOUT') return 'no answer within the time limit';
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET' || code === 'EPIPE') return 'the connection was cut';
  if (
    code.startsWith('CERT_') ||
    code.includes('SIGNED') ||
    code.includes('CERT') ||
    code === 'ERR_TLS_CERT_ALTNAME_INVALID'
  )
    return `the certificate is not trusted (${code})`;
  if (code.startsWith('ERR_SSL') || code.startsWith('EPROTO')) return 'no TLS there';
  return code === '' ? 'not reachable' : `not reachable (${code})`;
}
