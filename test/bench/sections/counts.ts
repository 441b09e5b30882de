import { atMost, type Bench, exactly, type Findings, number, type Table } from '../findings.ts'
import { costTable } from '../cost.ts'
import { startMirror } from '../measuring/engine-mirror.ts'
import { type Life, live, type Scenario, type Step, steps } from '../measuring/life.ts'
import { naiveModels, unitsOf } from '../naive-models.ts'
import { linePlot } from '../writing/line-plot.ts'

const sizes = [1, 100, 1000, 10_000] as const
const scenarios: readonly Scenario[] = ['clean', 'mixed']
const mirrored = { quick: [1, 100], full: [1, 100, 1000] }

type Row = { life: Life; naive: number[] }

/** Units and calls are counted, so nothing here depends on the machine. */
export async function run({ mode, say }: Bench): Promise<Findings> {
  const rows: Row[] = []
  for (const scenario of scenarios) {
    for (const devices of sizes) {
      const life = await live(devices, scenario)
      const naive: number[] = []
      for (const model of naiveModels) naive.push((await unitsOf(model, devices, scenario)).writeUnits)
      rows.push({ life, naive })
      say(`${devices} devices, ${scenario}: ${life.of().writeUnits} write units`)
    }
  }
  const checks = await crossChecks(mirrored[mode], say)
  const lifeOf = (devices: number, scenario: Scenario) =>
    rows.find(({ life }) => life.devices === devices && life.scenario === scenario)!.life
  const bulk = lifeOf(10_000, 'clean')
  const mixed = lifeOf(10_000, 'mixed')
  const records = (life: Life) => life.of('record')
  return {
    method: [
      'The real handlers process one request in memory (`test/fakes/world.ts`): accepted, sent in submissions of 100, called back in batches of 50, updated, final, and read. The table in memory charges units as AWS documents. Mixed: every fifth device has a warning before its success, and three percent of the callbacks arrive twice.',
      'The minimum is one write unit per delivered callback: 1.00 per device in the clean scenario, 1.23 in the mixed one. The three naive models (`test/bench/naive-models.ts`) use the same table and the same callbacks and have no device history.',
    ],
    tables: [unitsTable(rows), stepsTable([lifeOf(1, 'clean'), lifeOf(100, 'clean'), mixed]), checks, costTable(mixed)],
    targets: [
      exactly('writes per callback, clean, 10,000 devices', 1, records(bulk).calls / bulk.callbacks),
      exactly('write units per callback, mixed, 10,000 devices', 1, records(mixed).writeUnits / mixed.callbacks),
      atMost('read units per callback while recording', 0.01, records(mixed).readUnits / mixed.callbacks),
      atMost('write units a device at 10,000, both links, clean', 3.2, perDevice(bulk), three),
      atMost('write units a device at 10,000, both links, mixed', 3.2, perDevice(mixed), three),
      atMost('write units a device at 10,000 without links, clean', 1.2, perDevice(bulk, false), three),
      atMost('write units of a request of 1 device, in all', 18, lifeOf(1, 'clean').of().writeUnits),
    ],
    plots: [
      linePlot({
        file: 'write-units.svg',
        title: 'Write units per device over the whole life of a request, mixed scenario',
        xName: 'devices in the request',
        yName: 'write units a device',
        series: [
          series('with both links', rows, ({ life }) => perDevice(life)),
          series('without links', rows, ({ life }) => perDevice(life, false)),
          series('floor', rows, ({ life }) => life.callbacks / life.devices),
          ...naiveModels.map((model, index) =>
            series(shortNames[index] ?? model.name, rows, ({ life, naive }) => (naive[index] ?? 0) / life.devices),
          ),
        ],
      }),
    ],
  }
}

const three = (value: number): string => value.toFixed(3)
const shortNames = ['naive: counter', 'naive: status index', 'naive: transaction']

const series = (name: string, rows: readonly Row[], value: (row: Row) => number) => ({
  name,
  points: rows
    .filter(({ life }) => life.scenario === 'mixed')
    .map((row): [number, number] => [row.life.devices, value(row)]),
})

const perDevice = (life: Life, withLinks = true): number => {
  const { writeUnits, linkUnits } = life.of(...lifeSteps)
  return (writeUnits - (withLinks ? 0 : linkUnits)) / life.devices
}
/** Reading is not included, because callers may read any number of times. */
const lifeSteps = steps.filter((step): step is Step => step !== 'look' && step !== 'read out')

function unitsTable(rows: readonly Row[]): Table {
  return {
    title: 'Write and read units of a request, from the order to its final status',
    head: [
      'Devices',
      'Scenario',
      'Callbacks',
      'Write units',
      'a device',
      'without links',
      'Floor',
      'x floor',
      ...naiveModels.map(({ name }) => name),
      'Read units',
      'a device',
      'one look',
      'read out whole',
    ],
    rows: rows.map(({ life, naive }) => {
      const { writeUnits, readUnits } = life.of(...lifeSteps)
      const floor = life.callbacks / life.devices
      return [
        number(life.devices),
        life.scenario,
        number(life.callbacks),
        number(writeUnits),
        perDevice(life).toFixed(2),
        perDevice(life, false).toFixed(2),
        floor.toFixed(2),
        (perDevice(life, false) / floor).toFixed(2),
        ...naive.map((units) => (units / life.devices).toFixed(2)),
        number(readUnits),
        (readUnits / life.devices).toFixed(2),
        number(life.of('look').readUnits),
        number(life.of('read out').readUnits),
      ]
    }),
    notes: ['Naive models: write units per device, without links. Devices with EID and ICCID have two links each.'],
  }
}

function stepsTable(lives: readonly Life[]): Table {
  return {
    title: 'By step: calls of the table / write units / read units',
    head: ['Step', ...lives.map(({ devices, scenario }) => `${number(devices)} ${scenario}`)],
    rows: [
      ...steps.map((step) => [
        step,
        ...lives.map((life) => {
          const { calls, writeUnits, readUnits } = life.of(step)
          return `${number(calls)} / ${number(writeUnits)} / ${number(readUnits)}`
        }),
      ]),
      ['of that links', ...lives.map((life) => `${number(life.of().linkUnits)} write units`)],
      ['messages to the submissions queue', ...lives.map(({ sent }) => number(sent.workMessages))],
      ['POSTs to ThingSpace', ...lives.map(({ sent }) => number(sent.posts))],
      ['events published', ...lives.map(({ sent }) => number(sent.events))],
    ],
  }
}

/** The engine's own count of the same operations. A refused write is charged, but an error reports no capacity. */
async function crossChecks(devices: readonly number[], say: Bench['say']): Promise<Table> {
  const rows = []
  let engine = ''
  for (const count of devices) {
    const mirror = await startMirror()
    engine = mirror.engine
    try {
      const life = await live(count, 'mixed', { observe: mirror.observe })
      const own = life.of()
      const its = mirror.consumed()
      const difference = own.writeUnits - its.writeUnits
      rows.push([
        number(count),
        number(own.writeUnits),
        number(its.writeUnits),
        number(its.refused),
        number(own.readUnits),
        number(its.readUnits),
        difference === its.refused && own.readUnits === its.readUnits ? 'agree' : 'differ',
      ])
      say(`${count} devices, by ${engine}: ${its.writeUnits} write units`)
    } finally {
      await mirror.stop()
    }
  }
  return {
    title: `The same operations metered by ${engine} (ReturnConsumedCapacity), mixed`,
    head: ['Devices', 'Write units', `by ${engine}`, 'refused writes', 'Read units', `by ${engine}`, ''],
    rows,
    notes: [
      'AWS charges a write whose condition fails, but its error reports no capacity. The counts agree if the difference is one unit per refused write.',
    ],
  }
}
