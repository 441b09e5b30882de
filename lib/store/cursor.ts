import * as z from 'zod'

const StartKey = z.record(z.string(), z.union([z.string(), z.number()]))

/** DynamoDB's own continuation key as text, for a page's `cursor`; nothing at the end. */
export const cursorOf = (key: Record<string, unknown> | undefined): { cursor?: string } =>
  key === undefined ? {} : { cursor: JSON.stringify(key) }

/** The key a cursor stands for. Throws on text that `cursorOf` did not write: cursors from outside are sealed. */
export const startKeyOf = (cursor: string | undefined): z.infer<typeof StartKey> | undefined =>
  cursor === undefined ? undefined : StartKey.parse(JSON.parse(cursor))
