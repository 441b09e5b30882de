import type { Deployment } from '../deployment/deployment.ts'

const variable = 'ATTEMPT_TIMEOUT_SECONDS'

/**
 * The exemption of the local stack from the rule that a lease is longer than the functions that hold it. Tests and the
 * demo have leases of a few seconds, because they cannot wait, and their attempts end sooner. A stack with such a lease
 * tells the functions a shorter time-out than they have. Packaging makes no such exemption.
 */
export function allowShortLease(deployment: Deployment, leaseSeconds: number): Deployment {
  const functions = deployment.functions.map((each) => {
    const told = each.environment[variable]
    if (typeof told !== 'string') return each
    const shorter = String(Math.min(Number(told), leaseSeconds - 1))
    return { ...each, environment: { ...each.environment, [variable]: shorter } }
  })
  return { ...deployment, functions }
}
