import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { theme } from '../shell/theme.ts'
import { counted } from '../words/numbers.ts'
import { Table } from './table.tsx'

/** A series of counts with its tone (style/tokens.css). */
type Series = { label: string; tone: string; counts: readonly number[] }

type Props = { title: string; labels: readonly string[]; series: readonly Series[]; unit?: string }

const heightPx = 150

/** The colour of a tone in the current theme, as the browser computes it. */
function colourOf(tone: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(--${tone})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

/** Counts by day as stacked bars, with a table for readers who do not see them. */
export function Bars({ title, labels, series, unit = '' }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const chosenTheme = theme.value
  const content = JSON.stringify([labels, series])
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const plot = new uPlot(optionsOf(labels, series, element.clientWidth), stacked(labels, series), element)
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: heightPx }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.destroy()
    }
  }, [content, chosenTheme])
  return (
    <figure class="plot">
      <figcaption>
        <strong>{title}</strong>
        <span class="legend">
          {series.map(({ label, tone }) => (
            <span key={label} class={`key ${tone}`}>
              {label}
            </span>
          ))}
        </span>
      </figcaption>
      <div ref={box} aria-hidden="true" class="canvas" />
      <details>
        <summary>As a table</summary>
        <Table label={`${title}, as a table`} columns={['Day', ...series.map(({ label }) => ({ number: label }))]}>
          {labels.map((label, index) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {series.map((each) => (
                <td key={each.label} class="number">
                  {counted(each.counts[index] ?? 0)}
                  {unit}
                </td>
              ))}
            </tr>
          ))}
        </Table>
      </details>
    </figure>
  )
}

/** uPlot draws series over one another, so the first is the sum of all and each next one is shorter. */
function stacked(labels: readonly string[], series: readonly Series[]): uPlot.AlignedData {
  const sums = series.map((_, from) =>
    labels.map((_label, index) => series.slice(from).reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0)),
  )
  return [labels.map((_, index) => index), ...sums]
}

function optionsOf(labels: readonly string[], series: readonly Series[], width: number): uPlot.Options {
  const ink = colourOf('muted')
  const line = colourOf('line')
  const axis = { stroke: ink, grid: { show: false }, ticks: { show: false }, font: '12px system-ui, sans-serif' }
  // A label takes about 56 pixels. The newest one is always shown.
  const every = Math.max(1, Math.ceil((labels.length * 56) / Math.max(1, width - 60)))
  const paths = uPlot.paths.bars?.({ size: [0.7, 48] })
  return {
    width,
    height: heightPx,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: [-0.6, labels.length - 0.4] },
      y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.1)] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        splits: () => labels.map((_, index) => index).filter((index) => (labels.length - 1 - index) % every === 0),
        values: (_plot, splits) => splits.map((index) => labels[index] ?? ''),
      },
      {
        ...axis,
        grid: { stroke: line, width: 1 },
        size: 44,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000],
      },
    ],
    series: [
      {},
      ...series.map(({ label, tone }) => ({
        label,
        fill: colourOf(tone),
        stroke: 'transparent',
        width: 0,
        points: { show: false },
        ...(paths !== undefined && { paths }),
      })),
    ],
  }
}
