import { number } from '../findings.ts'
import { colourAt, line, picture, type Plot, round, text, ticks, width } from './plot.ts'

type Series = { name: string; points: readonly (readonly [x: number, y: number])[] }
type Options = {
  file: string
  title: string
  xName: string
  yName: string
  series: readonly Series[]
  /** Powers of ten on the y axis too, for values that grow with x. */
  isLogarithmic?: boolean
  /** Time on the x axis, from zero and without dots, instead of powers of ten. */
  isTime?: boolean
}

const left = 78
const right = width - 200
const top = 48
const bottom = 380

const powers = (least: number, most: number): number[] => {
  const first = Math.floor(Math.log10(least))
  return Array.from({ length: Math.ceil(Math.log10(most)) - first + 1 }, (_, index) => 10 ** (first + index))
}

/** Lines over powers of ten, or over time, each named at its end. */
export function linePlot({ file, title, xName, yName, series, isLogarithmic = false, isTime = false }: Options): Plot {
  const points = series.flatMap((each) => each.points)
  const xMost = Math.max(...points.map(([x]) => x))
  const xs = isTime ? ticks(xMost) : powers(Math.min(...points.map(([x]) => x)), xMost)
  const values = points.map(([, y]) => y)
  const ys = isLogarithmic ? powers(Math.min(...values), Math.max(...values)) : ticks(Math.max(...values))
  const along = (marks: readonly number[], from: number, to: number, isPower: boolean) => (value: number) => {
    const place = (each: number) => (isPower ? Math.log10(each) : each)
    const [least = 0, most = 1] = [marks[0], marks.at(-1)].map((each) => place(each ?? 0))
    return from + ((to - from) * (place(value) - least)) / (most - least)
  }
  const x = along(xs, left, right, !isTime)
  const y = along(ys, bottom, top, isLogarithmic)

  const ends = apart(series.map((each) => y(each.points.at(-1)?.[1] ?? 0)))
  const lines = series.flatMap((each, index) => {
    const colour = colourAt(index)
    const path = each.points.map(([px, py]) => `${round(x(px))},${round(y(py))}`).join(' ')
    const dash = index === 0 ? '' : ` stroke-dasharray="${4 + index * 2} 3"`
    const [lastX = 0, lastY = 0] = each.points.at(-1) ?? []
    const end = ends[index] ?? 0
    return [
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="${index === 0 ? 3 : 2}"${dash}/>`,
      ...(isTime ? [] : each.points).map(
        ([px, py]) => `<circle cx="${round(x(px))}" cy="${round(y(py))}" r="3.2" fill="${colour}"/>`,
      ),
      line(x(lastX) + 4, y(lastY), right + 12, end, colour, 0.7),
      text(right + 15, end + 4, `${each.name} ${number(lastY)}`, { size: 11, fill: colour }),
    ]
  })
  const grid = [
    ...xs.flatMap((value) => [
      line(x(value), top, x(value), bottom),
      text(x(value), bottom + 17, number(value), { anchor: 'middle', size: 11 }),
    ]),
    ...ys.flatMap((value) => [
      line(left, y(value), right, y(value)),
      text(left - 7, y(value) + 4, number(value), { anchor: 'end', size: 11 }),
    ]),
  ]
  const names = [
    text((left + right) / 2, bottom + 38, xName, { anchor: 'middle' }),
    text(20, (top + bottom) / 2, yName, { anchor: 'middle', turn: -90 }),
  ]
  return { file, title, svg: picture(bottom + 54, title, [...grid, ...lines, ...names]) }
}

/** Moves labels apart if lines end close to each other, and keeps their order. */
function apart(places: readonly number[]): number[] {
  const order = places.map((_, index) => index).toSorted((a, b) => (places[a] ?? 0) - (places[b] ?? 0))
  const moved = [...places]
  let last = Number.NEGATIVE_INFINITY
  for (const index of order) {
    last = Math.max(places[index] ?? 0, last + 14)
    moved[index] = last
  }
  const over = Math.max(0, last - bottom)
  return moved.map((place) => place - over)
}
