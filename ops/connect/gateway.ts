import type { DeadLetterKind } from '../../lib/profile/support/dead-letter-kinds.ts'
import { connectSubmissionQueue } from '../../lib/events/submission-queue.ts'
import { connectAudit } from '../../lib/connect-audit.ts'
import type { AuditStore } from '../../lib/profile/audit/audit-store.ts'
import type { AuditTrail } from '../../lib/profile/audit/audit-trail.ts'
import { createAdmit } from '../../lib/profile/listener/admit-accounts.ts'
import { inspectListeners } from '../../lib/profile/listener/inspect-listener.ts'
import { type KeepDependencies, keepListeners } from '../../lib/profile/listener/keep-listener.ts'
import type { QuarantineReview } from '../../lib/profile/callback/quarantine-store.ts'
import type { Clock, Log } from '../../lib/profile/ports.ts'
import type { DecisionStore } from '../../lib/profile/request/due-store.ts'
import type { FlowStore } from '../../lib/profile/flow-control/flow.ts'
import type { InspectDependencies } from '../../lib/profile/flow-control/inspect-flow.ts'
import type { FailureStore } from '../../lib/profile/failure/failure.ts'
import type { Settings } from '../../lib/profile/request/settings.ts'
import type { Admit } from '../../lib/profile/submission/admission.ts'
import type { SubmissionQueue } from '../../lib/profile/submission/queue.ts'
import { type Store, createStore } from '../../lib/store/store.ts'
import type { DeadLetterQueue } from '../../lib/profile/support/redrive-dead-letters.ts'
import { connectSecrets, listenerSecret, thingSpaceSecrets } from '../../lib/secrets.ts'
import { auditStore } from '../../lib/store/audit/audit-entries.ts'
import { credentialStore } from '../../lib/store/credentials/credentials.ts'
import { waitingDecisions } from '../../lib/store/decisions/waiting-decisions.ts'
import { failureLists } from '../../lib/store/failures/failure-lists.ts'
import { flowStore } from '../../lib/store/credentials/flows.ts'
import { latchStore } from '../../lib/store/credentials/latches.ts'
import { quarantineReview } from '../../lib/store/quarantine-review.ts'
import { connectTable } from '../../lib/store/table/table.ts'
import { connectListeners } from '../../lib/thingspace/connect.ts'
import { allCredentialSets } from '../../lib/thingspace/credentials/credential-set.ts'
import type { LatchDependencies } from '../../lib/thingspace/credentials/open-latch.ts'
import * as environment from '../../lib/environment.ts'
import { readOperatorOrigin } from './operator-origin.ts'
import type { Listeners } from './listeners.ts'
import { type CheckOptions, connectCheckSources } from './check-sources.ts'
import type { CheckSources } from '../check/sources.ts'
import { openDeadLetters } from './dead-letters.ts'

/**
 * The parts of a gateway that the commands use. Each part connects when a command first calls it, so a command needs
 * only the variables and permissions of the parts it uses.
 */
export type Gateway = {
  /** The description that `enterTarget` returns, such as `stage prod, table ...`. */
  name: string
  clock: Clock
  log: Log
  store: () => Store & QuarantineReview & AuditStore & DecisionStore & FailureStore
  /** Records what this command does, with the identity that AWS names for its credentials. */
  audit: () => Promise<AuditTrail>
  queue: () => SubmissionQueue
  settings: () => Settings
  deadLetters: (kind: DeadLetterKind) => Promise<DeadLetterQueue>
  latches: () => { credentialSets: string[]; dependencies: LatchDependencies }
  flows: () => { credentialSets: string[]; dependencies: InspectDependencies & { store: FlowStore } }
  /** The accounts whose callbacks this gateway receives. */
  accounts: () => readonly string[]
  /** The check of an order's account, as the API does it. */
  admit: () => Admit
  listeners: () => Promise<Listeners>
  /** What `check` reads. */
  checkSources: (options: CheckOptions) => CheckSources
}

/** Connects to the gateway that the environment variables of this process name, as the deployed functions do. */
export function connectGateway({ name, log, stage }: { name: string; log: Log; stage: string | undefined }): Gateway {
  const clock = Date.now
  const table = once(() => connectTable({ ...environment.table(), clock }))
  const store = once(() => ({
    ...createStore(table()),
    ...quarantineReview(table()),
    ...failureLists(table()),
    ...auditStore(table(), environment.audit()),
    ...waitingDecisions(table()),
  }))
  const audit = once(async () =>
    connectAudit({ table: table(), ...environment.audit(), origin: await readOperatorOrigin(), log }),
  )
  const readSecret = once(() => connectSecrets(clock))
  const thingSpace = once(() => {
    const { secretId, ...rest } = environment.thingSpace()
    return { ...rest, secrets: thingSpaceSecrets(readSecret(), secretId) }
  })
  const gateway: Gateway = {
    name,
    clock,
    log,
    store,
    audit,
    queue: once(() => connectSubmissionQueue(environment.queue())),
    settings: once(environment.protocol),
    deadLetters: (kind) => openDeadLetters(kind),
    latches: () => ({
      credentialSets: allCredentialSets(thingSpace().credentialSets),
      dependencies: { store: latchStore(table()), secrets: thingSpace().secrets },
    }),
    flows: () => ({
      credentialSets: allCredentialSets(thingSpace().credentialSets),
      dependencies: { store: flowStore(table()), most: environment.callLimit().postsAtOnce, clock },
    }),
    accounts: () => environment.servedAccounts().accounts,
    admit: () => createAdmit({ ...environment.servedAccounts(), store: store(), clock, log }),
    async listeners() {
      const endpoint = environment.callbackEndpoint()
      const { username, current, previous } = await listenerSecret(readSecret(), environment.listener().secretId)
      const segment = await readSecret()(endpoint.segmentSecretId)
      const keep: Omit<KeepDependencies, 'accounts' | 'takeOver' | 'audit' | 'by'> = {
        listeners: connectListeners({
          ...thingSpace(),
          credentialStore: credentialStore(table()),
          clock,
          random: Math.random,
          log,
        }),
        urlFor: (accountName) => `${endpoint.publicUrl}/callbacks/${segment}/${encodeURIComponent(accountName)}`,
        credentials: { username, password: current },
        store: store(),
        stopAt: Number.POSITIVE_INFINITY,
        clock,
        log,
      }
      return {
        inspect: (accountName) =>
          inspectListeners(accountName, {
            ...keep,
            previous: previous === undefined ? undefined : { username, password: previous },
          }),
        repair: async (accounts, { takeOver, by }) =>
          keepListeners({ ...keep, audit: await audit(), accounts, takeOver, by }),
        shownUrl: (url) => shownUrl(url, `${endpoint.publicUrl}/callbacks/${segment}/`),
      }
    },
    checkSources: (options) => connectCheckSources({ ...gateway, readSecret, stage }, options),
  }
  return gateway
}

function shownUrl(url: string, ours: string): string {
  if (url.startsWith(ours)) return url.replace(ours, `${new URL(ours).origin}/callbacks/***/`)
  return URL.canParse(url) ? `${new URL(url).origin}/... (not ours)` : '(not a URL)'
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined
  return () => (made ??= { value: make() }).value
}
