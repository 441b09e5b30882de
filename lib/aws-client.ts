/** Longest duration of one AWS call with its retries. A test checks it. The time-outs of the functions are longer. */
export const awsCallMilliseconds = 10_000

/**
 * Options of every AWS client. By default, the SDK waits for an answer without limit. `requestTimeout` covers the time
 * until the response headers, and `socketTimeout` covers a body that stops arriving. Times are milliseconds.
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
