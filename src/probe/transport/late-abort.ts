const momentMs = 500

/** Sends what an abort ends a moment later: the response to a kick-off says where its job can be deleted. */
export async function abortedLater<T>(
  signal: AbortSignal,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const later = new AbortController()
  const end = () => setTimeout(() => later.abort(), momentMs).unref()
  signal.addEventListener('abort', end)
  try {
    return await send(signal.aborted ? signal : later.signal)
  } finally {
    signal.removeEventListener('abort', end)
  }
}
