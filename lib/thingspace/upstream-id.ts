const uuid = /^([\da-f]{8})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{12})$/i

/**
 * Normalises an upstream request id. ThingSpace documents a UUID, which may come in capitals or without hyphens. Any
 * other id is returned unchanged.
 */
export const canonicalId = (id: string): string =>
  uuid.test(id) ? id.replace(uuid, '$1-$2-$3-$4-$5').toLowerCase() : id
