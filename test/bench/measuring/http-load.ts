import { Agent, request } from 'node:http'

export type Call = { url: string; method: 'GET' | 'POST'; headers?: Record<string, string>; body?: string }
export type Answered = { status: number; milliseconds: number; text: string }

/** Calls over persistent connections, with a fixed number at once. */
export function createCaller(connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })

  const call = ({ url, method, headers = {}, body }: Call): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const begun = performance.now()
      const length: Record<string, string> =
        body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const sent = request(url, { method, agent, headers: { ...headers, ...length } })
      sent.on('error', reject)
      sent.on('response', (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, milliseconds: performance.now() - begun, text }),
        )
      })
      sent.end(body)
    })

  /** Each connection sends the next call as soon as it has an answer, until there is none. */
  const press = async (next: () => Call | undefined): Promise<Answered[]> => {
    const answers: Answered[] = []
    const work = async () => {
      for (let each = next(); each !== undefined; each = next()) {
        const answer = await call(each).catch((): Answered => ({ status: 0, milliseconds: 0, text: '' }))
        answers.push({ ...answer, text: '' })
      }
    }
    await Promise.all(Array.from({ length: connections }, work))
    return answers
  }
  return { call, press, close: () => agent.destroy() }
}
