/** A picture of figures, in its own file beside the document. */
export type Plot = { file: string; title: string; svg: string }

export const width = 860

/** Dark enough on white and distinguishable for colour-blind readers. Dash and position distinguish them too. */
export const colours = ['#0b5cad', '#d9822b', '#3a7d44', '#a23b72', '#6b5b95', '#555555'] as const
export const colourAt = (index: number): string => colours[index % colours.length] ?? '#555555'

type TextOptions = { size?: number; anchor?: 'start' | 'middle' | 'end'; weight?: 'bold'; turn?: number; fill?: string }

export function text(
  x: number,
  y: number,
  content: string,
  { size = 12, anchor = 'start', weight, turn, fill = '#222222' }: TextOptions = {},
): string {
  const turned = turn === undefined ? '' : ` transform="rotate(${turn} ${round(x)} ${round(y)})"`
  const bold = weight === undefined ? '' : ` font-weight="${weight}"`
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" text-anchor="${anchor}" fill="${fill}"${bold}${turned}>${escaped(content)}</text>`
}

export const line = (x1: number, y1: number, x2: number, y2: number, stroke = '#d8d8d8', strokeWidth = 1): string =>
  `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${stroke}" stroke-width="${strokeWidth}"/>`

export const rectangle = (x: number, y: number, wide: number, high: number, fill: string): string =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(wide)}" height="${round(high)}" fill="${fill}"/>`

/** The whole picture, on white, independent of the reader's theme. */
export const picture = (height: number, title: string, parts: readonly string[]): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${round(height)}" width="${width}" height="${round(height)}" font-family="Helvetica, Arial, sans-serif" role="img">`,
    `<title>${escaped(title)}</title>`,
    rectangle(0, 0, width, height, '#ffffff'),
    text(16, 26, title, { size: 15, weight: 'bold' }),
    ...parts,
    '</svg>',
    '',
  ].join('\n')

/** A legend in one row. */
export function legend(y: number, names: readonly string[], left = 16): string[] {
  let x = left
  return names.flatMap((name, index) => {
    const at = x
    x += 34 + name.length * 6.6
    return [rectangle(at, y - 10, 12, 12, colourAt(index)), text(at + 17, y, name)]
  })
}

/** Round numbers from zero to above the largest value, for a linear axis. */
export function ticks(largest: number, wanted = 6): number[] {
  const rough = largest / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10)
  return Array.from({ length: Math.ceil(largest / step) + 1 }, (_, index) => index * step)
}

export const round = (value: number): number => Math.round(value * 10) / 10
const escaped = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
