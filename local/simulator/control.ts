import type { IncomingMessage, ServerResponse } from 'node:http'
import * as z from 'zod'
import { type Answer, jsonAnswer } from './api/answers.ts'
import { BadDay, badDayKinds } from './bad-days.ts'
import { readBody, writeAnswer } from './api/incoming.ts'
import { parseJson } from '../parse-json.ts'
import { magicTable } from './magic-table.ts'
import type { ThingSpaceSimulator } from './thingspace-simulator.ts'

const BadDays = z.union([z.array(BadDay), BadDay.transform((day) => [day])])
const Redelivery = z.strictObject({ requestId: z.string() })
const RawCallback = z.strictObject({
  accountName: z.string(),
  serviceName: z.string().default('DeviceProfileService'),
  /** A string is sent unchanged, any other value as JSON. */
  body: z.unknown(),
})
const ReadingOrder = z.strictObject({ reading: z.enum(['permissive', 'documented', 'strict']) })
const Stranger = z.strictObject({
  accountName: z.string(),
  serviceName: z.string().default('DeviceProfileService'),
  deviceIds: z.array(z.strictObject({ kind: z.string(), id: z.string() })).min(1),
  status: z.string().default('Success'),
})
const Kept = z.strictObject({ keep: z.array(z.enum(['listeners', 'credentials'])).default([]) })

/** Serves one call of the control port, with which tests and developers operate the simulator. */
export const serveControl = async (
  request: IncomingMessage,
  response: ServerResponse,
  simulator: ThingSpaceSimulator,
): Promise<void> => {
  const body = await readBody(request)
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  try {
    writeAnswer(response, await control(`${request.method} ${path}`, body ?? '', simulator))
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    writeAnswer(response, jsonAnswer(400, { error: z.prettifyError(error) }))
  }
}

const control = async (call: string, body: string, simulator: ThingSpaceSimulator): Promise<Answer> => {
  switch (call) {
    case 'GET /control':
      return jsonAnswer(200, overview(simulator))
    case 'GET /control/bad-days':
      return jsonAnswer(200, simulator.badDays())
    case 'PUT /control/bad-days':
      await simulator.setBadDays(BadDays.parse(parseJson(body)))
      return jsonAnswer(200, simulator.badDays())
    case 'DELETE /control/bad-days':
      await simulator.setBadDays([])
      return jsonAnswer(200, [])
    case 'GET /control/submissions':
      return jsonAnswer(200, simulator.submissions())
    case 'GET /control/callbacks':
      return jsonAnswer(200, simulator.callbacks())
    case 'GET /control/logins':
      return jsonAnswer(200, { logins: simulator.logins(), tokenRequests: simulator.tokenRequests() })
    case 'POST /control/unlock':
      simulator.unlock()
      return jsonAnswer(200, {})
    case 'POST /control/callbacks/redeliver': {
      const messages = await simulator.redeliver(Redelivery.parse(parseJson(body)).requestId)
      return jsonAnswer(messages === 0 ? 404 : 200, { messages })
    }
    case 'POST /control/callbacks/send': {
      const raw = RawCallback.parse(parseJson(body))
      const text = typeof raw.body === 'string' ? raw.body : JSON.stringify(raw.body)
      const answer = await simulator.sendRawCallback(raw.accountName, raw.serviceName, text)
      return answer === undefined ? jsonAnswer(404, { error: 'no such listener' }) : jsonAnswer(200, answer)
    }
    case 'POST /control/callbacks/stranger': {
      const { accountName, serviceName, deviceIds, status } = Stranger.parse(parseJson(body))
      const requestId = simulator.strangerId()
      const message = { requestId, deviceIds, status, callbackCount: 1, maxCallbackThreshold: 2 }
      const answer = await simulator.sendRawCallback(accountName, serviceName, JSON.stringify(message))
      return answer === undefined
        ? jsonAnswer(404, { error: 'no such listener' })
        : jsonAnswer(200, { requestId, ...answer })
    }
    case 'PUT /control/reading':
      simulator.read(ReadingOrder.parse(parseJson(body)).reading)
      return jsonAnswer(200, { reading: simulator.settings.reading })
    case 'POST /control/reset':
      await simulator.reset(Kept.parse(body === '' ? {} : parseJson(body)).keep)
      return jsonAnswer(200, {})
    default:
      return jsonAnswer(404, { error: 'no such control call', calls: controlCalls })
  }
}

const controlCalls = [
  'GET /control',
  'GET|PUT|DELETE /control/bad-days',
  'GET /control/submissions',
  'GET /control/callbacks',
  'GET /control/logins',
  'POST /control/unlock',
  'POST /control/callbacks/redeliver {"requestId"}',
  'POST /control/callbacks/send {"accountName","serviceName","body"}',
  'POST /control/callbacks/stranger {"accountName","serviceName","deviceIds","status"}',
  'PUT /control/reading {"reading":"permissive|documented|strict"}',
  'POST /control/reset {"keep":["listeners","credentials"]}',
]

const overview = (simulator: ThingSpaceSimulator) => ({
  reading: simulator.settings.reading,
  badDays: simulator.badDays(),
  badDayKinds,
  listeners: simulator.listeners(),
  lockedUsers: simulator.lockedUsers(),
  counts: {
    submissions: simulator.submissions().length,
    callbacks: simulator.callbacks().length,
    logins: simulator.logins().length,
    tokenRequests: simulator.tokenRequests().length,
  },
  magicIdentifiers: magicTable.map(({ suffix, name, summary }) => ({ suffix, name, summary })),
  calls: controlCalls,
})
