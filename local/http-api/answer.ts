/** An HTTP response of the local HTTP API. */
export type Answer = {
  status: number
  headers: Readonly<Record<string, string>>
  cookies: readonly string[]
  body: string | Buffer
  /** The AWS limit that caused this response, for the terminal. */
  why?: string
}

/** A response that API Gateway itself gives, such as `{"message":"Not Found"}`. */
export const gatewayAnswer = (status: number, message: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  cookies: [],
  body: JSON.stringify({ message }),
})

export const notFound = gatewayAnswer(404, 'Not Found')
export const tooLarge = gatewayAnswer(413, 'Request Entity Too Large')
export const internalError = gatewayAnswer(500, 'Internal Server Error')
export const unavailable = gatewayAnswer(503, 'Service Unavailable')
