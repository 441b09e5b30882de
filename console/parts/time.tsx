import { duration } from '../words/numbers.ts'
import { localTime, utcTime } from '../words/times.ts'
import { now } from './now.ts'

/** A time in the zone of the reader, with UTC on hover and focus. `quiet`: not a stop of the Tab key, for long lists. */
export function Time({ at, quiet = false }: { at: string; quiet?: boolean }) {
  return (
    <time dateTime={at} data-tip={utcTime(at)} tabIndex={quiet ? undefined : 0} class="time">
      {localTime(at)}
    </time>
  )
}

/** How long ago something was, or how long it still takes. */
export function Ago({ at }: { at: string }) {
  const distance = now.value - new Date(at).getTime()
  const text = distance >= 0 ? `${duration(distance)} ago` : `in ${duration(-distance)}`
  return (
    <time dateTime={at} data-tip={`${localTime(at)}, ${utcTime(at)}`} tabIndex={0} class="time">
      {text}
    </time>
  )
}
