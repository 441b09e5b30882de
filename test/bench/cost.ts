import { number, type Table } from './findings.ts'
import { emfOf } from '../emf.ts'
import { localBody } from '../builders.ts'
import type { Life } from './measuring/life.ts'

/** List prices of us-east-1 in dollars, as in the table of docs/cost.md. */
export const prices = {
  httpCall: 1 / 1e6,
  lambdaCall: 0.2 / 1e6,
  gigabyteSecond: 0.0000133334,
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  storedGigabyte: 0.25,
  recoveryGigabyte: 0.2,
  queueRequest: 0.4 / 1e6,
  publication: 0.5 / 1e6,
  logByte: 0.5 / 1e9,
} as const

/** Values that cannot be counted here. Milliseconds of billed time are Lambda's and not this machine's. */
const assumed = {
  looks: 10,
  memoryGigabytes: 0.5,
  millisecondsOfOrder: 1000,
  millisecondsOfCall: 30,
  millisecondsOfCallback: 4,
  lambdaLogBytes: 350,
  accessLogBytes: 320,
} as const

const envelopeBytes = JSON.stringify({
  level: 'INFO',
  timestamp: '2026-11-22T23:32:45.256Z',
  service: 'thingspace-profile-gateway',
}).length

/** Bytes that the functions log for one request, as CloudWatch receives them: lines and metrics. */
export function logBytesOf({ world }: Life): number {
  const lines = world.log.lines.filter(({ message }) => message !== 'sweep finished')
  const own = lines.reduce(
    (sum, { message, fields }) => sum + envelopeBytes + JSON.stringify({ message, ...fields }).length,
    0,
  )
  return own + JSON.stringify(emfOf(lines)).length
}

/** The cost of one request for this many devices, by its counts. */
export function costTable(life: Life): Table {
  const { devices, callbacks, invocations, sent } = life
  const { looks } = assumed
  const written = life.of('accept', 'submit', 'record', 'project', 'sweep')
  const readOnce = life.of('read out').readUnits
  const reads = written.readUnits + looks * life.of('look').readUnits + readOnce
  const bodyUnits = Math.ceil(Buffer.byteLength(JSON.stringify(localBody(devices))) / 512_000)
  const httpCalls = bodyUnits + callbacks + looks + invocations['read out']
  const others = sent.posts + invocations.project + invocations.sweep + looks + invocations['read out']
  const lambdaCalls = 1 + invocations.record + others
  const seconds =
    (assumed.millisecondsOfOrder + callbacks * assumed.millisecondsOfCallback + others * assumed.millisecondsOfCall) /
    1000
  const queueRequests = callbacks + 2 * Math.ceil(callbacks / 10) + 3 * sent.workMessages
  const logBytes =
    logBytesOf(life) + lambdaCalls * assumed.lambdaLogBytes + (callbacks + looks + 1) * assumed.accessLogBytes
  const publications = Math.ceil(sent.events / 10)
  const parts: [part: string, counted: string, dollars: number][] = [
    ['HTTP API', `${number(httpCalls)} calls of 512 KB`, httpCalls * prices.httpCall],
    ['DynamoDB writes', `${number(written.writeUnits)} units`, written.writeUnits * prices.writeUnit],
    ['of that device links', `${number(written.linkUnits)} units`, written.linkUnits * prices.writeUnit],
    [
      'DynamoDB reads',
      `${number(reads)} units, ${looks} looks and one reading out among them`,
      reads * prices.readUnit,
    ],
    [
      'Lambda',
      `${number(lambdaCalls)} calls, ${number(seconds)} s at 512 MB (assumed)`,
      lambdaCalls * prices.lambdaCall + seconds * assumed.memoryGigabytes * prices.gigabyteSecond,
    ],
    ['SQS', `${number(queueRequests)} requests`, queueRequests * prices.queueRequest],
    ['SNS', `${number(sent.events)} events, ten in one publication`, publications * prices.publication],
    ['Logs', `${number(logBytes / 1e6)} MB`, logBytes * prices.logByte],
  ]
  const total = parts.reduce((sum, [part, , dollars]) => (part.startsWith('of that') ? sum : sum + dollars), 0)
  return {
    title: `Cost of one request of ${number(devices)} devices, ${life.scenario}, US dollars (counts measured, prices listed in docs/cost.md)`,
    head: ['Part', 'Counted', 'Dollars', 'Share'],
    rows: [
      ...parts.map(([part, counted, dollars]) => [
        part,
        counted,
        dollars.toFixed(5),
        `${number((100 * dollars) / total)} %`,
      ]),
      ['Together', '', total.toFixed(5), '100 %'],
    ],
  }
}
