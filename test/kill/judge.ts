import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import { inBatches } from '../../lib/parallel.ts'
import { DeviceStatus } from '../../lib/profile/request/states.ts'
import type { Api } from './api.ts'
import { gatherEvidence, type Kept, type Violation } from './evidence.ts'
import type { Struck } from './fault-plan.ts'
import { accounts, type Gateway, sentinels } from './gateway.ts'
import { checkAtMostOnce, checkReachable } from './invariants/accepted.ts'
import { checkCallbacks } from './invariants/callbacks.ts'
import { checkHistory, readHistory } from './invariants/history.ts'
import { checkLogins } from './invariants/logins.ts'
import { checkFinal, checkRecorded } from './invariants/recorded.ts'
import { checkIdentifiers, checkSecrets } from './invariants/secrets.ts'
import { checkDevices, checkStates } from './invariants/states.ts'
import { type Ledger, retriesOf } from './ledger.ts'
import { readTable, type TableContents } from './table-contents.ts'

type Trial = {
  gateway: Gateway
  ledger: Ledger
  api: Api
  struck: readonly Struck[]
  sessionsEnded: number
  functionLog: string
  /** Whether a request may still await a decision. */
  mayWait: boolean
}

export type Judgement = {
  violations: Violation[]
  kept: readonly Kept[]
  acceptances: number
  table: TableContents
}

/** Compares the gateway with the answers to callers and with what ThingSpace did. */
export async function judge(trial: Trial): Promise<Judgement> {
  const { gateway, ledger, api, struck, sessionsEnded, mayWait } = trial
  const { stack, simulator, tableName } = gateway
  const { endpoint } = stack.dynamoDb
  const table = await readTable(endpoint, tableName)
  const submissions = simulator.submissions()
  const callbacks = simulator.callbacks()
  const evidence = gatherEvidence({ ledger, table, submissions, callbacks })
  const { kept } = evidence
  const decided = new Set(kept.filter(({ entry }) => retriesOf(entry) > 0).map(({ request }) => request.requestId))
  const violations = [
    ...checkRecorded(evidence),
    ...checkFinal(evidence, { mayWait }),
    ...checkAtMostOnce(evidence),
    ...checkReachable(evidence),
    ...checkStates(evidence),
    ...checkCallbacks(evidence),
    ...checkHistory(await readHistory(endpoint, tableName), (requestId) => decided.has(requestId)),
    ...checkLogins(simulator, { credentialSets: accounts.length, sessionsEnded, struck }),
  ]
  const accepted = new Set(submissions.map(({ requestId }) => requestId))
  const isAccepted = (upstreamRequestId: string) => accepted.has(upstreamRequestId)
  for (const batch of inBatches(kept, 4)) {
    violations.push(...(await Promise.all(batch.map(async (stored) => checkAnswers(stored, api, isAccepted)))).flat())
  }
  violations.push(...(await searchSecrets(trial, table)))
  return { violations, kept, acceptances: submissions.length, table }
}

const RequestAnswer = z.object({ status: z.string() })
const DevicesPage = z.object({
  items: z.array(z.object({ position: z.number(), status: DeviceStatus, submission: z.number().nullable() })),
})

/** The API returns for a request what is stored, device by device. */
async function checkAnswers(
  stored: Kept,
  api: Api,
  isAccepted: (upstreamRequestId: string) => boolean,
): Promise<Violation[]> {
  const { request, entry } = stored
  const path = `/v1/requests/${request.requestId}`
  const [answer, devices] = await Promise.all([api.get(path), api.get(`${path}/devices?limit=1000`)])
  const fail = (what: string): Violation => ({ invariant: 'answers', what, entry, ids: [request.requestId] })
  if (answer === 'no-answer' || devices === 'no-answer') return [fail('a read broke off')]
  if (answer.status !== 200 || devices.status !== 200)
    return [fail(`reads are answered ${answer.status} and ${devices.status}`)]
  const { status } = RequestAnswer.parse(answer.body)
  const { items } = DevicesPage.parse(devices.body)
  const violations = checkDevices(stored, items, isAccepted)
  if (status !== request.summary.status)
    violations.push(fail(`is shown as ${status} and stored as ${request.summary.status}`))
  const counted = DeviceStatus.options.find(
    (each) => items.filter((item) => item.status === each).length !== request.summary.devices[each],
  )
  if (counted !== undefined) violations.push(fail(`shows a wrong count of ${counted} devices`))
  return violations
}

async function searchSecrets({ gateway, api, functionLog }: Trial, table: TableContents): Promise<Violation[]> {
  const { stack, simulator } = gateway
  const tokens = [
    ...simulator.logins().flatMap(({ sessionToken }) => sessionToken ?? []),
    ...simulator.tokenRequests().flatMap(({ accessToken }) => accessToken ?? []),
  ]
  const log = await readFile(functionLog, 'utf8')
  const devices = [...table.requests.values()].flatMap((stored) => stored.devices)
  const identifiers = new Set(devices.flatMap((device) => device.map(({ id }) => id)))
  const secrets = checkSecrets({
    secrets: sentinels,
    tokens: [...new Set(tokens)],
    texts: [
      { where: 'the functions’ log', text: log },
      { where: 'an event', text: JSON.stringify(stack.takeEvents()) },
      ...api.texts().map((text) => ({ where: 'an answer', text })),
      ...table.texts.map(({ key, text }) => ({ where: `item ${key}`, text })),
    ],
  })
  return [...secrets, ...checkIdentifiers(log, identifiers)]
}
