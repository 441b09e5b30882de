import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

type Props = {
  count: number
  /** In CSS pixels. All rows are of this height. */
  rowHeight: number
  label: string
  render: (index: number) => ComponentChildren
  /** What Enter on a row does. */
  onOpen?: (index: number) => void
}

/** Rows beyond the visible ones, so that scrolling shows no gaps. */
const extra = 8

/**
 * A long list of which only the visible rows are in the page. The arrow keys, Page Up, Page Down, Home and End move the
 * active row.
 */
export function VirtualRows({ count, rowHeight, label, render, onOpen }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const top = useSignal(0)
  const height = useSignal(400)
  const active = useSignal(0)
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const observer = new ResizeObserver(() => (height.value = element.clientHeight))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const first = Math.max(0, Math.floor(top.value / rowHeight) - extra)
  const last = Math.min(count, Math.ceil((top.value + height.value) / rowHeight) + extra)
  const page = Math.max(1, Math.floor(height.value / rowHeight) - 1)

  const move = (to: number) => {
    active.value = Math.max(0, Math.min(count - 1, to))
    const element = box.current
    if (element === null) return
    const above = active.value * rowHeight
    if (above < element.scrollTop) element.scrollTop = above
    if (above + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = above + rowHeight - element.clientHeight
  }
  const steps: Readonly<Record<string, () => number>> = {
    ArrowDown: () => active.value + 1,
    ArrowUp: () => active.value - 1,
    PageDown: () => active.value + page,
    PageUp: () => active.value - page,
    Home: () => 0,
    End: () => count - 1,
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== box.current) return
    const step = steps[event.key]
    if (step !== undefined) move(step())
    else if (event.key === 'Enter') onOpen?.(active.value)
    else return
    event.preventDefault()
  }
  const indices = Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index)
  return (
    <div
      ref={box}
      class="virtual"
      style={{ height: `min(${Math.max(1, count) * rowHeight + 18}px, 62vh)` }}
      tabIndex={0}
      role="listbox"
      aria-label={label}
      aria-activedescendant={count > 0 ? `row-${active.value}` : undefined}
      onScroll={({ currentTarget }) => (top.value = currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" class="virtual-inner" style={{ height: `${count * rowHeight}px` }}>
        {indices.map((index) => (
          <Row
            key={index}
            index={index}
            count={count}
            offset={index * rowHeight}
            isActive={index === active.value}
            onOpen={() => {
              active.value = index
              onOpen?.(index)
            }}
          >
            {render(index)}
          </Row>
        ))}
      </div>
    </div>
  )
}

type RowProps = {
  index: number
  count: number
  offset: number
  isActive: boolean
  onOpen: () => void
  children: ComponentChildren
}

function Row({ index, count, offset, isActive, onOpen, children }: RowProps) {
  return (
    <div
      id={`row-${index}`}
      role="option"
      aria-selected={isActive}
      aria-setsize={count}
      aria-posinset={index + 1}
      class={isActive ? 'virtual-row active' : 'virtual-row'}
      style={{ transform: `translateY(${offset}px)` }}
      onClick={onOpen}
    >
      {children}
    </div>
  )
}
