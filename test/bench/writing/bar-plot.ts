import { number } from '../findings.ts'
import type { Spread } from '../measuring/sampling.ts'
import { colourAt, legend, line, picture, type Plot, rectangle, text, ticks, width } from './plot.ts'

type Group = { name: string; bars: readonly Spread[]; remark?: string }
type Options = { file: string; title: string; unit: string; series: readonly string[]; groups: readonly Group[] }

const left = 190
const right = width - 110
const top = 64
const thick = 14

/** Bars side by side, one group below the other, with a whisker between the quartiles. */
export function barPlot({ file, title, unit, series, groups }: Options): Plot {
  const all = groups.flatMap(({ bars }) => bars.flatMap(({ high, median }) => [high, median]))
  const scale = ticks(Math.max(...all))
  const most = scale.at(-1) ?? 1
  const x = (value: number) => left + ((right - left) * value) / most
  let y = top + 8
  const parts = groups.flatMap(({ name, bars, remark }) => {
    const begun = y
    const drawn = bars.flatMap((spread, index) => {
      const at = begun + index * (thick + 2)
      const middle = at + thick / 2
      return [
        rectangle(left, at, x(spread.median) - left, thick, colourAt(index)),
        line(x(spread.low), middle, x(spread.high), middle, '#111111', 1.5),
        text(x(Math.max(spread.median, spread.high)) + 6, middle + 4, number(spread.median), { size: 11 }),
      ]
    })
    y += bars.length * (thick + 2) + 12
    const label = begun + (bars.length * (thick + 2)) / 2
    return [
      text(left - 8, label + (remark === undefined ? 3 : -2), name, { anchor: 'end' }),
      ...(remark === undefined
        ? []
        : [text(left - 8, label + 11, remark, { anchor: 'end', size: 10, fill: '#666666' })]),
      ...drawn,
    ]
  })
  const bottom = y + 4
  const grid = scale.flatMap((value) => [
    line(x(value), top, x(value), bottom),
    text(x(value), bottom + 16, number(value), { anchor: 'middle', size: 11 }),
  ])
  const axis = text((left + right) / 2, bottom + 36, unit, { anchor: 'middle' })
  return {
    file,
    title,
    svg: picture(bottom + 48, title, [...(series.length > 1 ? legend(50, series) : []), ...grid, ...parts, axis]),
  }
}
