/**
 * Shows the text of `data-tip` while the pointer is over an element or it has the focus. One layer serves the whole page,
 * so that a table cannot cut it off. Escape hides it.
 */
export function startTips(): void {
  const layer = document.createElement('div')
  layer.id = 'tip'
  layer.role = 'tooltip'
  layer.hidden = true
  document.body.append(layer)
  let shownFor: Element | undefined

  const hide = () => {
    layer.hidden = true
    shownFor?.removeAttribute('aria-describedby')
    shownFor = undefined
  }
  const show = ({ target }: Event) => {
    const element = target instanceof Element ? target.closest('[data-tip]') : null
    const text = element?.getAttribute('data-tip')
    if (element === shownFor) return
    hide()
    if (element === null || text === null || text === undefined || text === '') return
    shownFor = element
    // A modal dialog hides the rest of the page, so the layer moves into it.
    ;(element.closest('dialog') ?? document.body).append(layer)
    layer.textContent = text
    layer.hidden = false
    element.setAttribute('aria-describedby', 'tip')
    const { left, top, bottom } = element.getBoundingClientRect()
    const { offsetWidth: width, offsetHeight: height } = layer
    const isAbove = bottom + height + 12 > innerHeight
    layer.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`
    layer.style.top = `${isAbove ? Math.max(8, top - height - 6) : bottom + 6}px`
  }
  const leave = (event: Event) => {
    if (event.target === shownFor) hide()
  }
  document.addEventListener('mouseover', show)
  document.addEventListener('focusin', show)
  document.addEventListener('focusout', leave)
  document.addEventListener('scroll', hide, { capture: true, passive: true })
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') hide()
  })
}
