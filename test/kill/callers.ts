import { setTimeout as sleep } from 'node:timers/promises'
import type { Seeded } from '../simulation/random.ts'
import type { Answer, Api } from './api.ts'
import type { Entry, Ledger, Told } from './ledger.ts'
import type { Order } from './orders.ts'

type Options = { api: Api; ledger: Ledger; random: Seeded; nextOrder: () => Order; until: () => boolean }

/** The maximum number of calls of a caller that repeats until it is answered. */
const mostCalls = 40

/** Apps and operators: each places one order after another, follows some of them, and sometimes decides something. */
export async function runCallers(count: number, options: Options): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async () => {
      while (!options.until()) {
        await playOne(options)
        await sleep(options.random.between(50, 400))
      }
    }),
  )
}

async function playOne({ api, ledger, random, nextOrder, until }: Options): Promise<void> {
  const entry = ledger.open(nextOrder())
  const told = await place(entry, api, random)
  const { requestId } = told
  if (requestId === undefined) return
  for (let looks = random.between(0, 3); looks > 0 && !until(); looks -= 1) {
    await sleep(random.between(100, 900))
    await look(entry, requestId, api, random)
  }
  if (random.chance(0.1)) await decide(entry, requestId, random.pick(['retry', 'cancel']), api, random)
}

/** A repeat of a call that broke off or was answered 5xx has the same key. So has one additional repeat. */
async function place(entry: Entry, api: Api, random: Seeded): Promise<Told> {
  let told = await api.submit(entry)
  if (entry.order.caller === 'never repeats') return told
  for (let calls = 1; calls < mostCalls && isUnanswered(told.status); calls += 1) {
    await sleep(random.between(50, 500))
    told = await api.submit(entry)
  }
  return random.chance(0.15) ? api.submit(entry) : told
}

export const isUnanswered = (status: Told['status']): boolean => status === 'no-answer' || status >= 500

async function look(entry: Entry, requestId: string, api: Api, random: Seeded): Promise<Answer | 'no-answer'> {
  const { accountName, devices, kinds } = entry.order
  const [first] = devices
  const [kind = 'iccid'] = kinds
  const paths = [
    `/v1/requests/${requestId}`,
    `/v1/requests/${requestId}/devices?limit=100`,
    `/v1/requests?accountName=${encodeURIComponent(accountName)}&limit=10`,
    `/v1/devices/${kind}/${first?.ids[kind]}/requests`,
    '/openapi.json',
  ]
  return api.get(random.pick(paths))
}

export async function decide(entry: Entry, requestId: string, what: 'retry' | 'cancel', api: Api, random: Seeded) {
  return api.decide(entry, requestId, what, what === 'cancel' && random.chance(0.5) ? { abandonUnconfirmed: true } : {})
}
