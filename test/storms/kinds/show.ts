import { number } from '../../bench/findings.ts'

/** Seconds for readers. */
export const seconds = (value: number): string => (value < 10 ? value.toFixed(1) : number(Math.round(value)))

/** `median / 99th percentile`. */
export const both = ({ p50, p99 }: { p50: number; p99: number }): string => `${seconds(p50)} / ${seconds(p99)}`
