import { expect, test } from 'vitest'
import { figures } from '../capacity/figures.ts'
import { notMet } from './not-met.ts'
import { sectionNames, sections } from './sections.ts'
import { assumptions } from './writing/assumptions.ts'
import { writtenScaling } from './writing/document.ts'

const page = writtenScaling()

test.each(Object.values(figures).map((figure) => [figure.what, figure] as const))(
  'the page on scaling gives the source of: %s',
  (what, { value, source }) => {
    const row = page.split('\n').find((line) => line.startsWith(`| ${what} `))
    expect(row).toContain(source.url)
    expect(row).toContain(value.toLocaleString('en-US'))
  },
)

test.each(assumptions.map(({ what, value }) => [what, value] as const))(
  'the page on scaling names the assumption: %s',
  (what, value) => {
    const row = page.split('\n').find((line) => line.startsWith(`| ${what} `))
    expect(row).toContain(value)
  },
)

test('the page on scaling has a section for each storm', () => {
  for (const name of sectionNames) expect(page).toContain(`## ${sections[name].title}`)
})

test('the page on scaling says which goals are not met and why', () => {
  for (const [name, reason] of Object.entries(notMet)) {
    const row = page.split('\n').find((line) => line.startsWith(`| ${name} `))
    expect(row).toContain(`**no**: ${reason}`)
  }
})
