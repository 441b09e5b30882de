/** What goes back over HTTP. */
export type Answer = {
  status: number
  headers: Readonly<Record<string, string>>
  cookies: readonly string[]
  body: string | Buffer
  /** Why a limit of AWS made this the answer, for the log. */
  why?: string
}

/** API Gateway's own answers: `{"message":"Not Found"}` and the like. */
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
