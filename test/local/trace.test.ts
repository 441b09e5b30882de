import { expect, test } from 'vitest'
import { createTracePrinter } from '../../local/trace.ts'

test('the trace prints repeated lines of one moment once, and no schedules', () => {
  const lines: string[] = []
  const { trace, flush } = createTracePrinter((text) => lines.push(text.replace(/^[\d:]{8}  /, '')))

  trace({ kind: 'call', call: 'POST /v1/things', status: 202, milliseconds: 34 })
  trace({ kind: 'schedule', name: 'sweep-due', milliseconds: 3 })
  for (let index = 0; index < 3; index += 1) {
    trace({ kind: 'batch', source: 'Queue', name: 'worker', records: 10, failed: 0, milliseconds: 4 })
  }
  trace({ kind: 'event', name: 'request.completed' })
  trace({ kind: 'failure', name: 'worker', reason: 'no table' })
  trace({ kind: 'refusal', name: 'HTTP API answers 413', reason: 'the body is too large' })
  flush()

  expect(lines).toEqual([
    'POST /v1/things  202  34 ms',
    '  Queue -> worker  30 records, 3 times, 4 ms each',
    '  event request.completed',
    '  worker failed: no table',
    '  HTTP API answers 413: the body is too large',
  ])
})
