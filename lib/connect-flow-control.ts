import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Log } from './profile/ports.ts'
import { createFlowControl, type FlowControl } from './profile/flow-control/flow-control.ts'
import type { Settings } from './profile/request/settings.ts'
import { flowStore } from './store/credentials/flows.ts'
import type { Table } from './store/table/table.ts'
import { credentialSetFor } from './thingspace/credentials/credential-set.ts'

type Deployed = {
  table: Table
  credentialSets: Readonly<Record<string, string>>
  settings: Pick<Settings, 'postsAtOnce' | 'callsPerMinute' | 'leaseSeconds' | 'retry'>
  clock: Clock
  log: Log
}

/** Creates the flow control of a deployed function, whose state all environments share through the table. */
export const connectFlowControl = ({ table, credentialSets, settings, clock, log }: Deployed): FlowControl =>
  createFlowControl({
    store: flowStore(table),
    credentialSetFor: credentialSetFor(credentialSets),
    settings,
    clock,
    random: Math.random,
    sleep,
    log,
  })
