import type { Found, JobResult } from './jobs.ts'
import { smallWorlds } from './worlds.ts'

const perSecond = (schedules: number, milliseconds: number): string =>
  Math.round((schedules / Math.max(1, milliseconds)) * 1000).toLocaleString('en')
const count = (number: number): string => number.toLocaleString('en')

type Effort = { schedules: number; cpuMilliseconds: number }

const sum = (efforts: readonly Effort[]): Effort => ({
  schedules: efforts.reduce((total, { schedules }) => total + schedules, 0),
  cpuMilliseconds: efforts.reduce((total, { cpuMilliseconds }) => total + cpuMilliseconds, 0),
})
const speed = ({ schedules, cpuMilliseconds }: Effort): string =>
  `${perSecond(schedules, cpuMilliseconds).padStart(6)}/s of a core, ${count(schedules)} schedules`

/** The output of the simulation: progress while it runs, and figures at the end. */
export class Report {
  readonly #startedAt = performance.now()
  readonly #naive = new Map<string, { schedules: number; failing: number; example: Found | undefined }>()
  readonly #survivors: string[] = []
  #tried = 0
  #shownAt = 0
  readonly #worlds = new Map<string, Effort>()
  #violations = 0
  #killed = 0

  progress(schedules: number): void {
    this.#tried += schedules
    if (!process.stdout.isTTY && performance.now() - this.#shownAt < 15_000) return
    if (performance.now() - this.#shownAt < 500) return
    this.#shownAt = performance.now()
    const rate = perSecond(this.#tried, performance.now() - this.#startedAt)
    const line = `${count(this.#tried)} schedules, ${rate}/s`
    process.stdout.write(process.stdout.isTTY ? `\r\u001B[2K${line}` : `${line}\n`)
  }

  /** Schedules of the real code, which must not show a violation. */
  gateway({ schedules, failing, found, cpuMilliseconds }: JobResult, world: string): void {
    const known = this.#worlds.get(world) ?? { schedules: 0, cpuMilliseconds: 0 }
    known.schedules += schedules
    known.cpuMilliseconds += cpuMilliseconds
    this.#worlds.set(world, known)
    this.#violations += failing
    for (const each of found) this.#line(`VIOLATION ${told(each)}`)
  }

  storm(result: JobResult): void {
    this.#violations += result.failing
    for (const note of result.notes) this.#line(`storm: ${note}`)
    for (const { world, violation } of result.found) this.#line(`VIOLATION in the storm "${world}": ${violation}`)
  }

  naive(design: string, { schedules, failing, found }: JobResult): void {
    const known = this.#naive.get(design) ?? { schedules: 0, failing: 0, example: undefined }
    this.#naive.set(design, {
      schedules: known.schedules + schedules,
      failing: known.failing + failing,
      example: known.example ?? found[0],
    })
  }

  /** `worlds` are those in which the mutant should be found: a search of all worlds takes minutes. */
  mutant(name: string, worlds: readonly string[], { schedules, found }: JobResult): void {
    const [by] = found
    if (by === undefined) {
      this.#survivors.push(name)
      return this.#line(`MUTANT NOT FOUND: ${name} (${count(schedules)} schedules)`)
    }
    this.#killed += 1
    const where = by.plan === '' ? by.world : `${by.world}, seed ${by.seed}, ${by.plan}`
    const violation = by.violation.split('\n')[0]?.slice(0, 110)
    this.#line(`mutant found: ${name} - ${violation} (${where}; ${count(schedules)} schedules)`)
    const isSought = worlds.length === 0 || worlds.includes('storm') || worlds.includes(by.world)
    if (!isSought) this.#line(`  NOT FOUND IN ITS OWN WORLDS: ${worlds.join(', ')}`)
  }

  stale(name: string, reason: string): void {
    this.#survivors.push(name)
    this.#line(`MUTANT NOT TRIED: ${name}: ${reason}`)
  }

  /** The figures of a run of mutants only. Returns whether all were found. */
  endOfMutants(mutants: number): boolean {
    const seconds = Math.round((performance.now() - this.#startedAt) / 1000)
    this.#line(`mutants found        ${this.#killed} of ${mutants}, ${seconds} s`)
    return mutants > 0 && this.#survivors.length === 0
  }

  /** The figures of a run. Returns whether all expectations hold. */
  end(mutants: number): boolean {
    this.#clear()
    const seconds = Math.round((performance.now() - this.#startedAt) / 1000)
    const effort = (names: readonly string[]): Effort => sum(names.flatMap((name) => this.#worlds.get(name) ?? []))
    const small = smallWorlds.map(({ name }) => name)
    const all = effort([...this.#worlds.keys()])
    const rows = [
      'schedules per second of a core, by world:',
      ...[...this.#worlds.keys()].map((name) => `  ${name.padEnd(30)} ${speed(effort([name]))}`),
      `small worlds         ${speed(effort(small))}`,
      `all worlds           ${speed(all)}`,
      `schedules            ${count(all.schedules)}`,
      `violations           ${count(this.#violations)}`,
      ...[...this.#naive].map(
        ([design, { schedules, failing }]) =>
          `naive design         "${design}" fails ${count(failing)} of ${count(schedules)}`,
      ),
      ...(mutants > 0 ? [`mutants found        ${this.#killed} of ${mutants}`] : []),
      `time                 ${seconds} s`,
    ]
    process.stdout.write(`\n${rows.join('\n')}\n`)
    const naiveFail = [...this.#naive.values()].every(({ failing }) => failing > 0)
    return this.#violations === 0 && naiveFail && this.#survivors.length === 0
  }

  #line(text: string): void {
    this.#clear()
    process.stdout.write(`${text}\n`)
  }

  #clear(): void {
    if (process.stdout.isTTY) process.stdout.write('\r\u001B[2K')
  }
}

const told = ({ world, seed, plan, violation }: Found): string =>
  `${violation.split('\n')[0]}\n  npm run simulate -- --world '${world}' --seed ${seed} --plan '${plan}'`
