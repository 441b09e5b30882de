import { createHandler, type OperateDependencies } from '../../../functions/operate-gateway.ts'
import { anAccess } from '../../builders.ts'

type Used = Pick<OperateDependencies, 'flows' | 'audit' | 'clock' | 'log'>

/** operate-gateway with what its routes of flows need. No schedule calls the others. */
export const operateFlows = (used: Used) => {
  const dependencies = { ...used, access: anAccess(), admit: async () => ({ kind: 'admitted' }) }
  return createHandler(dependencies as unknown as OperateDependencies)
}
