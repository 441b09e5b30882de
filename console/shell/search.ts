import { addressOf } from './route.ts'

/** Where a search leads. */
export const searchAddress = (text: string): string =>
  /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(text)
    ? addressOf(`requests/${text.toLowerCase()}`)
    : addressOf('search', { q: text })
