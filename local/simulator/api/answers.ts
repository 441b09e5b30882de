/** What the simulator says to one call. */
export type Answer = { status: number; headers: Record<string, string>; body: string }

/** An answer with a JSON body. */
export const jsonAnswer = (status: number, value: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
})

/** An answer with a body of another type, or none. */
export const textAnswer = (status: number, contentType: string, body: string): Answer => ({
  status,
  headers: { 'content-type': contentType },
  body,
})
