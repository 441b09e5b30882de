import * as http from 'node:http'
import * as https from 'node:https'

/** How one delivery ended: an HTTP status, or why there was none. */
export type DeliveryAnswer = { status: number } | { error: string }

/** An HTTP client for callbacks. Sockets are kept, so that ten thousand messages need fifty connections. */
export const createListenerCalls = () => {
  // The time-out drops idle sockets before a listener with a short keep-alive closes them under a new message.
  const options = { keepAlive: true, timeout: 2_000 }
  const plain = new http.Agent(options)
  const secure = new https.Agent(options)
  const open = new Set<http.ClientRequest>()

  /** Sends one message. Any 2xx is an acknowledgement; redirects are not followed. */
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
