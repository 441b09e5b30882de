import type { Reading } from './actions.ts'

/** All delays and lifetimes of the simulator, in milliseconds. Tests shorten them. */
export type SimulatorTimes = {
  /** From the acceptance of a request to its first callback. */
  callbackDelayMs: number
  /** From a warning to the message that follows it. */
  finalDelayMs: number
  /** From the acceptance to the callback of a device whose result comes very late. */
  lateDelayMs: number
  /** From a refused delivery to its retry. ThingSpace was measured at 1.15 to 1.69 s. */
  redeliveryDelayMs: number
  /** How long the simulator waits for a listener's response before it sends the same message a second time. */
  noAnswerMs: number
  /** When the simulator aborts a delivery that is still open. */
  abandonMs: number
  sessionIdleMs: number
  tokenLifeMs: number
}

/** The settings of the simulator. `defaultSettings` has a default for each of them. */
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
  /** How gaps in Verizon's documentation are interpreted. The control port can change it. */
  reading: Reading
  /** Whether a callback URL may use ports that ThingSpace does not allow: `loopback` means only on this machine. */
  anyListenerPort: 'always' | 'loopback' | 'never'
  /** Whether a login ends earlier sessions. Verizon does not document it. */
  oneSessionOnly: boolean
  /** Maximum deliveries of a message. Verizon documents 4 at five-minute intervals; 2 were observed in production. */
  maxCallbackThreshold: number
  /** Maximum callbacks in flight. */
  callbackConcurrency: number
  times: SimulatorTimes
  /** The clock for tokens and sessions, in milliseconds since the epoch. Delays use real timers. */
  now: () => number
  /** With a seed, ids and tokens are the same in every run. */
  seed: string | undefined
}

/** A part of the settings. Members that are missing or undefined have their defaults. */
export type SimulatorOptions = {
  [Name in keyof Omit<SimulatorSettings, 'times'>]?: SimulatorSettings[Name] | undefined
} & { times?: { [Name in keyof SimulatorTimes]?: number | undefined } | undefined }

/** Documented or measured behaviour, with delays that are short enough for development. */
const defaultSettings: SimulatorSettings = {
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

/** Merges options with the defaults. */
export const settingsFrom = (options: SimulatorOptions): SimulatorSettings => {
  const { times, ...others } = options
  return Object.assign({}, defaultSettings, given(others), {
    times: Object.assign({}, defaultSettings.times, given(times ?? {})),
  })
}
