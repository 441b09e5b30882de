import type { Reading } from './actions.ts'

/** Everything that takes time in the simulator, in milliseconds, so that a test can run a day in a second. */
export type SimulatorTimes = {
  /** From the acceptance of a request to its first callback. */
  callbackDelayMs: number
  /** From a warning to the message that follows it. */
  finalDelayMs: number
  /** From the acceptance to the callback of a device whose result comes very late. */
  lateDelayMs: number
  /** From a refused delivery to its repeat; 1.15 to 1.69 s was measured. */
  redeliveryDelayMs: number
  /** How long a listener may keep silent before the same message is sent a second time beside the first. */
  noAnswerMs: number
  /** When a delivery that is still open is given up altogether. */
  abandonMs: number
  sessionIdleMs: number
  tokenLifeMs: number
}

/** What the simulator knows and how it behaves. Every member has a default: see `defaultSettings`. */
export type SimulatorSettings = {
  host: string
  /** 0 picks a free port. */
  port: number
  controlPort: number
  oauthKey: string
  oauthSecret: string
  username: string
  password: string
  /** `undefined`: any account name is accepted. */
  accounts: readonly string[] | undefined
  /** How what Verizon's sources leave open is read; the control port can change it. */
  reading: Reading
  /** ThingSpace accepts few ports; a listener on this machine may have any, unless this is `never`. */
  anyListenerPort: 'always' | 'loopback' | 'never'
  /** Whether a login ends the sessions before it. Verizon does not say. */
  oneSessionOnly: boolean
  /** How often one message is sent at most. Documents say 4 at five-minute intervals; production was seen with 2. */
  maxCallbackThreshold: number
  /** How many callbacks are under way at once. */
  callbackConcurrency: number
  times: SimulatorTimes
  /** Time of tokens and sessions, in epoch milliseconds. Delays use real timers. */
  now: () => number
  /** Makes every id and token the same in each run. */
  seed: string | undefined
}

/** Any part of the settings; what is left out, or `undefined`, has its default. */
export type SimulatorOptions = {
  [Name in keyof Omit<SimulatorSettings, 'times'>]?: SimulatorSettings[Name] | undefined
} & { times?: { [Name in keyof SimulatorTimes]?: number | undefined } | undefined }

/** The behaviour that was documented or measured, with delays short enough to work with. */
export const defaultSettings: SimulatorSettings = {
  host: '127.0.0.1',
  port: 0,
  controlPort: 0,
  oauthKey: 'simulator-key',
  oauthSecret: 'simulator-secret',
  username: 'simulator-user',
  password: 'simulator-password',
  accounts: undefined,
  reading: 'documented',
  anyListenerPort: 'loopback',
  oneSessionOnly: false,
  maxCallbackThreshold: 2,
  callbackConcurrency: 50,
  times: {
    callbackDelayMs: 200,
    finalDelayMs: 1_500,
    lateDelayMs: 60_000,
    redeliveryDelayMs: 1_300,
    noAnswerMs: 4_000,
    abandonMs: 30_000,
    sessionIdleMs: 20 * 60_000,
    tokenLifeMs: 60 * 60_000,
  },
  now: Date.now,
  seed: undefined,
}

const given = <Part extends object>(part: Part): Partial<Part> => {
  const kept: Partial<Part> = { ...part }
  for (const name of Object.keys(kept)) if (Reflect.get(kept, name) === undefined) Reflect.deleteProperty(kept, name)
  return kept
}

/** Lays the options over the defaults. */
export const settingsFrom = (options: SimulatorOptions): SimulatorSettings => {
  const { times, ...others } = options
  return Object.assign({}, defaultSettings, given(others), {
    times: Object.assign({}, defaultSettings.times, given(times ?? {})),
  })
}
