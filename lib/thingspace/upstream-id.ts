const uuid = /^([\da-f]{8})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{12})$/i

/**
 * One spelling for one upstream request id. ThingSpace documents it as a UUID, and a UUID is the same in capitals and
 * without its hyphens; any other id stays as it is.
 */
export const canonicalId = (id: string): string =>
  uuid.test(id) ? id.replace(uuid, '$1-$2-$3-$4-$5').toLowerCase() : id
