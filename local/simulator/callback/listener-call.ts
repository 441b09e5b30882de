import * as http from 'node:http'
import * as https from 'node:https'

/** The result of one delivery: an HTTP status, or the error if there was no response. */
export type DeliveryAnswer = { status: number } | { error: string }

/** An HTTP client for callbacks. It keeps connections alive, so that ten thousand callbacks need only fifty of them. */
export const createListenerCalls = () => {
  // The timeout closes idle sockets early. Otherwise a listener could close one while a new callback is being sent.
  const options = { keepAlive: true, timeout: 2_000 }
  const plain = new http.Agent(options)
  const secure = new https.Agent(options)
  const open = new Set<http.ClientRequest>()

  /** Sends one callback and returns the status of the response. Does not follow redirects. */
  const post = (url: string, body: string, abandonMs: number): Promise<DeliveryAnswer> =>
    new Promise((resolve) => {
      const target = new URL(url)
      const isSecure = target.protocol === 'https:'
      const request = (isSecure ? https : http).request(target, {
        agent: isSecure ? secure : plain,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': "Verizon's callback service",
        },
      })
      const abandon = setTimeout(() => request.destroy(new Error('no answer')), abandonMs)
      const end = (answer: DeliveryAnswer) => {
        clearTimeout(abandon)
        open.delete(request)
        resolve(answer)
      }
      request.on('response', (response) => {
        response.resume()
        response.on('error', (error) => end({ error: error.message }))
        response.on('end', () => end({ status: response.statusCode ?? 0 }))
      })
      request.on('error', (error) => end({ error: 'code' in error ? String(error.code) : error.message }))
      open.add(request)
      request.end(body)
    })

  return {
    post,
    close: (): void => {
      for (const request of open) request.destroy(new Error('the simulator stopped'))
      plain.destroy()
      secure.destroy()
    },
  }
}
