/** How long one call of an AWS client may take, its repeats included. The functions' own limits are above it. */
export const awsCallMilliseconds = 10_000

/**
 * Options of every AWS client. Without them the SDK waits for an answer without limit. `requestTimeout` ends at the
 * response's headers; `socketTimeout` covers a body that stops arriving.
 */
export const awsClientOptions = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 1000,
    requestTimeout: 3000,
    socketTimeout: 3000,
    throwOnRequestTimeout: true,
  },
} as const
