import type { Stack } from '../../local/stack.ts'
import { accountName } from './stage.ts'

export const smsrOid = '1.3.6.1.4.1.31746.1.500.200.101.5'

let made = 0

/** A device whose last digits select the behaviour of the simulator (local/simulator/README.md). */
export function device(iccidEnd = '9001') {
  made += 1
  const number = String(made).padStart(6, '0')
  return {
    deviceIds: [
      { kind: 'eid', id: `89033023${number}${'0'.repeat(17)}1` },
      { kind: 'iccid', id: `89148000${number}0${iccidEnd}` },
    ],
  }
}

export type Ordered = { requestId: string; status: string }

/** Orders an action as an app does, and returns the answer. */
export async function order(stack: Stack, action: string, body: Record<string, unknown>): Promise<Ordered> {
  const response = await fetch(`${stack.apiUrl}/v1/devices/profile/actions/${action}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await stack.tokenFor()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ accountName, ...body }),
  })
  return (await response.json()) as Ordered
}

/** Decides about a request as an operator. */
export async function decide(stack: Stack, requestId: string, decision: 'retry' | 'cancel'): Promise<void> {
  await fetch(`${stack.apiUrl}/v1/requests/${requestId}/${decision}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await stack.tokenFor()}` },
  })
}

/** Sends a callback that nobody can understand, and returns the id of its message in quarantine. */
export async function quarantine(stack: Stack, message: unknown): Promise<string> {
  const list = async () => (await read(stack, '/v1/operate/quarantine')) as { items: { id: string }[] }
  const before = new Set((await list()).items.map(({ id }) => id))
  await fetch(stack.callbackUrl(accountName), { method: 'POST', body: JSON.stringify(message) })
  for (let tries = 0; tries < 200; tries += 1) {
    const fresh = (await list()).items.find(({ id }) => !before.has(id))
    if (fresh !== undefined) return fresh.id
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the message is not in quarantine')
}

/** Reads something of the API as an operator. */
export async function read(stack: Stack, path: string): Promise<unknown> {
  const response = await fetch(`${stack.apiUrl}${path}`, {
    headers: { authorization: `Bearer ${await stack.tokenFor()}` },
  })
  return response.json()
}

/** Waits until a request fulfils a condition. */
export async function untilRequest(
  stack: Stack,
  requestId: string,
  condition: (request: { status: string; final: boolean; next: { what: string; why: string } | null }) => boolean,
): Promise<void> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const request = (await read(stack, `/v1/requests/${requestId}`)) as Parameters<typeof condition>[0]
    if (condition(request)) return
    if (Date.now() > deadline) throw new Error(`request ${requestId} is still ${JSON.stringify(request)}`)
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}
