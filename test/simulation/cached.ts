const mostKept = 20_000

/** Caches the results of a pure function of a text. */
export function cached<Made>(make: (text: string) => Made): (text: string) => Made {
  const made = new Map<string, Made>()
  return (text) => {
    const known = made.get(text)
    if (known !== undefined) return known
    if (made.size >= mostKept) made.clear()
    const fresh = make(text)
    made.set(text, fresh)
    return fresh
  }
}

/** Freezes a value, so that no schedule changes what others share. */
export function deepFreeze<Frozen>(value: Frozen): Frozen {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value
  for (const inner of Object.values(value)) deepFreeze(inner)
  return Object.freeze(value)
}
