import { createHash, randomUUID } from 'node:crypto'

/** Generates request ids, session tokens and access tokens. */
export type Ids = { uuid: () => string; token: () => string }

/** Creates a generator of random ids, or with a seed, of the same ids in every run. */
export const createIds = (seed: string | undefined): Ids => {
  let drawn = 0
  const hex = () => {
    drawn += 1
    return seed === undefined
      ? randomUUID().replaceAll('-', '')
      : createHash('sha256').update(`${seed}:${drawn}`).digest('hex').slice(0, 32)
  }
  const uuid = () => {
    const text = hex()
    return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-a${text.slice(17, 20)}-${text.slice(20)}`
  }
  return { uuid, token: hex }
}
