type RawProps = { text: string; title?: string; isOpen?: boolean }

/** A raw message, indented if it is JSON. */
export function Raw({ text, title = 'The raw message', isOpen = false }: RawProps) {
  return (
    <details open={isOpen}>
      <summary>{title}</summary>
      <pre tabIndex={0}>{indented(text)}</pre>
    </details>
  )
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2)
  } catch {
    return text
  }
}
