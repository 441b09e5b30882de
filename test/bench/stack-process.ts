import { availableParallelism } from 'node:os'
import { readSettings } from '../../local/settings.ts'
import { startStack } from '../../local/stack.ts'
import type { Invoke } from '../../local/lambda/outcome.ts'
import { canPin, pinSelf } from './measuring/cores.ts'

/** The local stack in its own process, with the gateway's functions or bare ones. */
export type Ready = {
  apiUrl: string
  token: string
  callbackUrl: string
  callbackUser: string
  callbackPassword: string
  queuesEndpoint: string
}
/** An accepted submission: its id, and the devices that get callbacks. */
export type Accepted = { upstreamRequestId: string; devices: { kind: string; id: string }[][] }[]

const [, , kind = 'gateway', folder = '.bench', parameters = '{}'] = process.argv
const account = '0000123456-00001'

const bare: Invoke = async () => ({
  kind: 'returned',
  value: { statusCode: 202, headers: { 'content-type': 'application/json' }, body: '{"requestId":"bare"}' },
})

const settings = readSettings({
  LOCAL_PORT: '0',
  LOCAL_ISSUER_PORT: '0',
  LOCAL_SIMULATOR_PORT: '0',
  LOCAL_SIMULATOR_CONTROL_PORT: '0',
  LOCAL_ACCOUNTS: account,
  LOCAL_FUNCTION_LOG: `${folder}/${kind}.log`,
})
// The engine starts on the other core and stays there.
pinSelf('stage')
const stack = await startStack(
  { ...settings, params: { ...settings.params, ...(JSON.parse(parameters) as Record<string, string>) } },
  kind === 'bare'
    ? {
        runFunctions: async () => ({
          functions: new Map(['submit-profile-action', 'query-requests'].map((name) => [name, bare])),
          stop: async () => undefined,
        }),
      }
    : {},
)
if (canPin && availableParallelism() > 1) pinSelf('subject')

const ready: Ready = {
  apiUrl: stack.apiUrl,
  token: await stack.tokenFor(),
  callbackUrl: stack.callbackUrl(account),
  callbackUser: settings.callbacks.username,
  callbackPassword: settings.callbacks.password,
  queuesEndpoint: stack.queuesEndpoint,
}
process.send?.(ready)
process.on('message', (asked) => {
  if (asked === 'events') {
    process.send?.(stack.takeEvents())
    return
  }
  const accepted: Accepted = (stack.simulator?.submissions() ?? []).map(({ requestId, body }) => ({
    upstreamRequestId: requestId,
    devices: (body.devices as { deviceIds: { kind: string; id: string }[] }[]).map(({ deviceIds }) => deviceIds),
  }))
  process.send?.(accepted)
})
process.on('disconnect', () => process.exit())
