import { request } from 'node:http'
import { join } from 'node:path'

/** Replaces Lambda's runtime client where that cannot be installed. It makes the same two calls and nothing else. */
const api = `http://${process.env['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation`

type Answer = { requestId: string; text: string }

const call = (method: 'GET' | 'POST', path: string, body = ''): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(`${api}/${path}`, { method, headers: { 'content-length': Buffer.byteLength(body) } })
    sent.on('error', reject)
    sent.on('response', (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => (text += chunk))
      answer.on('end', () => resolve({ requestId: String(answer.headers['lambda-runtime-aws-request-id']), text }))
    })
    sent.end(body)
  })

async function work(): Promise<void> {
  const module = require(join(process.env['LAMBDA_TASK_ROOT'] ?? '', process.argv[2] ?? '')) as {
    handler: (event: unknown, context: object) => Promise<unknown>
  }
  for (;;) {
    const { requestId, text } = await call('GET', 'next')
    const context = { awsRequestId: requestId, getRemainingTimeInMillis: () => 29_000 }
    const value = await module.handler(JSON.parse(text), context)
    await call('POST', `${requestId}/response`, JSON.stringify(value ?? null))
  }
}

void work()
