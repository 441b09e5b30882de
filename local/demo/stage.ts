import type * as z from 'zod'
import type { Stack } from '../stack.ts'
import { type DeviceAnswer, DevicesPage, RequestAnswer } from './answers.ts'
import { type Call, shownCall, silentCall } from './api.ts'
import { poll } from './poll.ts'
import { openQuarantine, type Quarantine } from './quarantine.ts'
import { type ThingSpace, watchThingSpace } from './thing-space.ts'
import { expectEqual, Unmet } from './unmet.ts'
import { requestLine, shortIds } from './wording.ts'

/** The operations that a scenario may use. */
export type Stage = {
  say: (line: string) => void
  /** Makes an HTTP call and prints it. Uses the token of an app by default. */
  call: Call
  /** Submits an action. Throws `Unmet` if the response is not 202. */
  order: (action: string, body: unknown, headers?: Record<string, string>) => Promise<RequestAnswer>
  /** Reads a request until the condition holds, and prints its changes. `what` describes the condition. */
  follow: (requestId: string, what: string, until: (request: RequestAnswer) => boolean) => Promise<RequestAnswer>
  /** As `follow`, for any other resource. */
  followAnswer: <Value>(followed: Followed<Value>) => Promise<Value>
  /** Waits until a condition holds, and prints nothing. */
  wait: (what: string, until: () => boolean | Promise<boolean>) => Promise<void>
  devicesOf: (requestId: string) => Promise<DeviceAnswer[]>
  tokenFor: Stack['tokenFor']
  thingSpace: ThingSpace
  /** Sends a callback to the gateway as ThingSpace does, and returns the status of the response. */
  callBack: (accountName: string, message: unknown) => Promise<number>
  quarantine: Quarantine
  /** The number of messages that a function has received from its queue so far. */
  messagesTakenBy: (functionName: string) => number
}

type Followed<Value> = {
  path: string
  /** Describes the condition. */
  what: string
  schema: z.ZodType<Value>
  until: (value: Value) => boolean
  tell?: (value: Value) => string
}

export const isFinal = ({ final }: RequestAnswer): boolean => final

type Options = { stack: Stack; say: (line: string) => void; messagesTakenBy: (functionName: string) => number }

/** Creates the operations for the scenarios on a running stack. Throws `Unmet` if it does not use the simulator. */
export async function setStage({ stack, say, messagesTakenBy }: Options): Promise<Stage> {
  const { simulator, apiUrl, tokenFor } = stack
  if (simulator === undefined) throw new Unmet('the demo needs the simulator', 'a simulator', 'another ThingSpace')
  const token = await tokenFor({ subject: 'demo-app', scopes: ['profiles:read', 'profiles:write'] })
  const silently = silentCall(apiUrl, token)
  const call = shownCall(silently, say)

  const followAnswer: Stage['followAnswer'] = async ({ path, what, schema, until, tell }) => {
    say(shortIds(`> GET ${path}, until: ${what}`))
    const look = async () => {
      const { status, body, text } = await silently('GET', path)
      if (status !== 200) throw new Unmet(`status of GET ${path}`, 200, `${status} ${text}`)
      return schema.parse(body)
    }
    return poll({ what, until, say, look, ...(tell === undefined ? {} : { tell }) })
  }

  return {
    say,
    call,
    tokenFor,
    messagesTakenBy,
    thingSpace: watchThingSpace({ simulator, say }),
    quarantine: openQuarantine(),

    callBack: async (accountName, message) => {
      const body = JSON.stringify(message)
      say(`ThingSpace: POST /callbacks/***/${accountName} ${body}`)
      const answer = await fetch(stack.callbackUrl(accountName), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(10_000),
      })
      return answer.status
    },

    order: async (action, body, headers = {}) => {
      const {
        status,
        headers: got,
        body: answer,
        text,
      } = await call('POST', `/v1/devices/profile/actions/${action}`, {
        body,
        headers,
      })
      if (status !== 202) throw new Unmet(`status of ${action}`, 202, `${status} ${text}`)
      const request = RequestAnswer.parse(answer)
      expectEqual('Location header', got.get('location'), `/v1/requests/${request.requestId}`)
      return request
    },

    follow: async (requestId, what, until) =>
      followAnswer({ path: `/v1/requests/${requestId}`, what, schema: RequestAnswer, until, tell: requestLine }),

    followAnswer,

    wait: async (what, until) => {
      await poll({ what, say, look: async () => until(), until: (holds) => holds })
    },

    devicesOf: async (requestId) => {
      const { body } = await call('GET', `/v1/requests/${requestId}/devices?limit=1000`)
      return DevicesPage.parse(body).items
    },
  }
}
