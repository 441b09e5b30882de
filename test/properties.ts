import * as fc from 'fast-check'

/**
 * The seed of every random test. It is fixed, so that the same commit always gets the same result, and a change is not
 * refused for a value that another change could have met. `PROPERTY_SEED=random` draws one, and a number repeats it.
 */
const given = process.env['PROPERTY_SEED'] || '20261130'

export const propertySeed = given === 'random' ? Date.now() % 2 ** 31 : Number(given)
if (!Number.isSafeInteger(propertySeed)) throw new Error(`PROPERTY_SEED must be a whole number or "random": "${given}"`)

fc.configureGlobal({ seed: propertySeed })

export { fc }
