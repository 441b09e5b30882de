/** A message's key holds signs that a path may not have, so its id in the API is the key in base64url. */
export const publicId = (id: string): string => Buffer.from(id).toString('base64url')

/** The key of a message, from its id in the API. */
export const storedId = (id: string): string => Buffer.from(id, 'base64url').toString('utf8')
