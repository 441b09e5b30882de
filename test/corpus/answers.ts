import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { Identifier } from '../../lib/profile/order/identifiers.ts'

const folder = join(import.meta.dirname, '../fixtures/answers')

const UpstreamError = z.strictObject({
  status: z.int().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
})
const kind = <Kind extends string>(name: Kind) => z.literal(name)
const State = z.enum(['pending', 'succeeded', 'failed', 'unrecognised'])
const Failed = z.strictObject({ kind: kind('failed'), cause: z.string(), error: UpstreamError })

/** The outcome of an order. `renewed` is a new credential, with which it is sent once more. */
const OfOrder = z.discriminatedUnion('kind', [
  z.strictObject({ kind: kind('accepted'), upstreamRequestId: z.string() }),
  z.strictObject({
    kind: kind('not-accepted'),
    cause: z.enum(['throttled', 'unavailable']),
    retryAfterSeconds: z.int().optional(),
    error: UpstreamError,
  }),
  z.strictObject({ kind: kind('refused'), error: UpstreamError, mayBlameOneDevice: z.literal(true).optional() }),
  z.strictObject({ kind: kind('unknown'), cause: z.enum(['server-error', 'unreadable-answer']), error: UpstreamError }),
  z.strictObject({ kind: kind('renewed'), credential: z.enum(['session', 'access-token']) }),
])
const OfStatus = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: kind('found'),
    upstreamRequestId: z.string(),
    state: State,
    devices: z.array(z.strictObject({ identifiers: z.array(z.strictObject(Identifier.shape)), state: State })),
  }),
  Failed,
])
/** `counted` is whether Verizon may count the login towards its lock. */
const OfCredential = z.discriminatedUnion('kind', [
  z.strictObject({ kind: kind('ready') }),
  z.strictObject({
    kind: kind('unavailable'),
    cause: z.string(),
    error: UpstreamError,
    counted: z.boolean().optional(),
  }),
])
const OfListener = z.discriminatedUnion('kind', [
  z.strictObject({ kind: kind('registered') }),
  z.strictObject({ kind: kind('listed'), services: z.array(z.string()) }),
  z.strictObject({ kind: kind('deregistered') }),
  Failed,
])

const shared = {
  source: z.string(),
  /** A text is sent unchanged, anything else as JSON. */
  answer: z.strictObject({
    status: z.int(),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.union([z.string(), z.json()]),
  }),
}
const Answer = z.discriminatedUnion('call', [
  z.strictObject({ ...shared, call: kind('order'), reading: OfOrder }),
  /** `status` is the answer of both versions. For the other names, one version refuses. */
  z.strictObject({ ...shared, call: z.enum(['status', 'status-v1', 'status-v2']), reading: OfStatus }),
  z.strictObject({ ...shared, call: z.enum(['token', 'login']), reading: OfCredential }),
  z.strictObject({
    ...shared,
    call: z.enum(['listener-register', 'listener-list', 'listener-deregister']),
    reading: OfListener,
  }),
])

const all = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({ file, ...Answer.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))) }))

type Call = (typeof all)[number]['call']
/** The answers to some calls, each with its expected reading. */
export const answersTo = <Wanted extends Call>(...calls: Wanted[]) =>
  all.filter((answer): answer is Extract<typeof answer, { call: Wanted }> => calls.some((call) => call === answer.call))
