import { type Call, commonOptions } from '../../ops/command.ts'
import { commands } from '../../ops/commands.ts'
import type { Gateway } from '../../ops/connect/gateway.ts'
import type { Listeners } from '../../ops/connect/listeners.ts'
import type { Outcome } from '../../ops/outcome.ts'
import { createWording } from '../../ops/output/wording.ts'
import type { DeadLetter } from '../../lib/profile/support/redrive-dead-letters.ts'
import { parseArgs } from 'node:util'
import { aSetting } from '../builders.ts'
import { createFakeDeadLetters } from '../fakes/dead-letters.ts'
import type { World } from '../fakes/world.ts'

type Told = { outcome: Outcome; text: string; data: unknown; notes: string; questions: string[] }

export type Bench = {
  /** Runs a command line against the world, with an answer to its questions. */
  ops: (line: string, over?: { says?: boolean; stopAfter?: number }) => Promise<Told>
  deadLetters: DeadLetter[]
  sentOn: DeadLetter[]
}

/** The command line with a gateway in memory. */
export function opsBench(world: World, over: Partial<Gateway> & { listeners?: () => Promise<Listeners> } = {}): Bench {
  const { queue, deadLetters, sentOn } = createFakeDeadLetters()
  const gateway: Gateway = {
    name: 'a world in memory',
    clock: world.now,
    log: world.log,
    store: () => world.store,
    audit: async () => world.auditOf('ops'),
    queue: () => world.queue,
    settings: () => aSetting(),
    deadLetters: async () => queue,
    latches: () => {
      throw new Error('no latches here')
    },
    flows: () => ({
      credentialSets: ['default', 'other'],
      dependencies: { store: world.flows, most: aSetting().postsAtOnce, clock: world.now },
    }),
    accounts: () => [],
    admit: () => world.admit,
    listeners: async () => {
      throw new Error('no listeners here')
    },
    checkSources: () => {
      throw new Error('nothing to check here')
    },
    ...over,
  }
  return {
    deadLetters,
    sentOn,
    async ops(line, { says = true, stopAfter = Infinity } = {}) {
      const [name, ...args] = line.split(' ').filter((word) => word !== '')
      const command = commands.find((each) => each.name === name)!
      const { values, positionals } = parseArgs({
        args,
        options: { ...command.options, ...commonOptions },
        allowPositionals: true,
      })
      const told: Told = { outcome: 'failed', text: '', data: undefined, notes: '', questions: [] }
      let steps = 0
      const call: Call = {
        words: positionals,
        options: { rate: command.options['rate'] === undefined ? undefined : '100', ...values },
        gateway,
        full: values.full === true,
        by: 'operator:kim',
        wording: createWording(
          { iso: true, full: values.full === true, now: world.now },
          { stage: values.stage, connection: values.connection },
        ),
        terminal: {
          answer: (lines, data) => Object.assign(told, { text: lines.join('\n'), data }),
          note: (note) => (told.notes += `${note}\n`),
          confirm: async (question) => {
            told.questions.push(question)
            return says
          },
          progress: () => (steps += 1),
          isStopping: () => steps >= stopAfter,
          width: 10_000,
        },
      }
      told.outcome = await command.run(call)
      return told
    },
  }
}
