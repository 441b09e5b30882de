const numbers = new Intl.NumberFormat('en')

/** A count for people: `10,000`. */
export const counted = (count: number): string => numbers.format(count)

/** A count with its noun: `1 device`, `10,000 devices`. */
export const plural = (count: number, noun: string, many = `${noun}s`): string =>
  `${counted(count)} ${count === 1 ? noun : many}`

/** A duration in its largest unit: `8 s`, `5 min`, `3 h`, `2 d`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 90) return `${seconds} s`
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} d`
}

/** An identifier in groups for reading. Cards and devices have digits in fours; other ids keep their form. */
export const groups = (id: string): string[] => (/^\d{10,}$/.test(id) ? (id.match(/.{1,4}/g) ?? [id]) : [id])
