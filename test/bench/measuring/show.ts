import { number, times } from '../findings.ts'
import { ratioOf, spreadOf } from './sampling.ts'

/** `12.3 (11.9-12.8)`: the median and the quartiles. */
export function withSpread(values: readonly number[], show = number): string {
  const { median, low, high } = spreadOf(values)
  return `${show(median)} (${show(low)}-${show(high)})`
}

export function ratioWithSpread(values: readonly number[], base: readonly number[]): string {
  const { median, low, high } = ratioOf(values, base)
  return `${times(median)} (${low.toFixed(2)}-${high.toFixed(2)})`
}
