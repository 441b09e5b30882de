/** The simulator's response to a call. */
export type Answer = { status: number; headers: Record<string, string>; body: string }

/** A response with a JSON body. */
export const jsonAnswer = (status: number, value: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
})

/** A response with a body of another content type, or an empty body. */
export const textAnswer = (status: number, contentType: string, body: string): Answer => ({
  status,
  headers: { 'content-type': contentType },
  body,
})
