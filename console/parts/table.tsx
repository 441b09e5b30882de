import type { ComponentChildren } from 'preact'

/** The heading of a column, or the heading of a column of numbers, which are aligned to the right. */
type Column = ComponentChildren | { number: string }

type Props = { label: string; columns: readonly Column[]; children: ComponentChildren; class?: string }

/** The heading of a column of buttons. It is read out but not shown. */
export const actionColumn = <span class="unseen">Action</span>

function Heading({ of }: { of: Column }) {
  if (typeof of === 'object' && of !== null && 'number' in of)
    return (
      <th scope="col" class="number">
        {of.number}
      </th>
    )
  return <th scope="col">{of}</th>
}

/** A table that scrolls sideways on narrow screens, also with the keyboard. Its children are the rows. */
export function Table({ label, columns, children, class: look = '' }: Props) {
  return (
    <div class={`scroller ${look}`} tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <Heading key={index} of={column} />
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}
