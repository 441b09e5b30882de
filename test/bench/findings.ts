import type { Plot } from './writing/plot.ts'

export type Cell = string | number
export type Table = {
  title: string
  head: readonly string[]
  rows: readonly (readonly Cell[])[]
  notes?: readonly string[]
  /** Only for the document: too long for a terminal. */
  isDetail?: boolean
}

/** A target and its result. */
export type Target = { name: string; wanted: string; measured: string; isReached: boolean }

/** The results of one section. They are plain data, because they are passed on as JSON. */
export type Findings = {
  /** How it was measured, in sentences. */
  method: readonly string[]
  tables: readonly Table[]
  targets: readonly Target[]
  plots: readonly Plot[]
}

export type Mode = 'quick' | 'full'

export type Bench = {
  mode: Mode
  /** A private folder for bundles and logs. */
  folder: string
  say: (line: string) => void
}

export type Section = {
  title: string
  /** Seconds after which the section is killed. */
  patience: Readonly<Record<Mode, number>>
  /** Loaded only where it runs, because the functions' files need their environment. */
  load: () => Promise<{ run: (bench: Bench) => Promise<Findings> }>
}

/** A number for readers: three significant digits, with separated thousands. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '-'
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { minimumFractionDigits: 0, maximumFractionDigits: digits })
}

export const times = (ratio: number): string => `${ratio.toFixed(2)} x`

/** A target with an upper limit. */
export const atMost = (name: string, limit: number, measured: number, show = number): Target => ({
  name,
  wanted: `<= ${show(limit)}`,
  measured: show(measured),
  isReached: measured <= limit,
})
export const exactly = (name: string, wanted: number, measured: number): Target => ({
  name,
  wanted: String(wanted),
  measured: String(Number(measured.toFixed(5))),
  isReached: measured === wanted,
})
