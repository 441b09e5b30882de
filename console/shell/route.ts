import { computed, signal } from '@preact/signals'

/** Where the reader is: the part of the address behind `#`, such as `#/requests/ID?tab=submissions`. */
export type Route = { path: readonly string[]; query: URLSearchParams }

function read(): Route {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?')
  return {
    path: path
      .split('/')
      .filter((part) => part !== '')
      .map(decoded),
    query: new URLSearchParams(query),
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

export const route = signal(read())
window.addEventListener('hashchange', () => (route.value = read()))

/** The first part of the path, which names the screen. */
export const screenName = computed(() => route.value.path[0] ?? 'overview')

/** The address of a screen. */
export const addressOf = (path: string, query: Readonly<Record<string, string | undefined>> = {}): string => {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value]],
  )
  const text = new URLSearchParams(given).toString()
  return `#/${path}${text === '' ? '' : `?${text}`}`
}

export const go = (address: string): void => location.assign(address)

/** Changes parts of the query of this address without a step in the history. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const { path, query } = route.value
  const next = new URLSearchParams(query)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') next.delete(name)
    else next.set(name, value)
  }
  const text = next.toString()
  history.replaceState(null, '', `#/${path.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`)
  route.value = read()
}
