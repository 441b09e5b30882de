import { hostname } from 'node:os'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { awsClientOptions } from '../../lib/aws-client.ts'
import type { AuditOrigin } from '../../lib/profile/audit/audit-entry.ts'
import { variable } from './variables.ts'

/**
 * Who runs this command, for the audit: the ARN of the credentials, which AWS confirms, and the name of this machine.
 * The local stack has no identities. AWS lets every identity ask for its own ARN, so an error means that the
 * credentials are not valid, and the command fails before it changes anything.
 */
export async function readOperatorOrigin(): Promise<AuditOrigin> {
  const host = hostname()
  if (variable('AWS_ENDPOINT_URL_DYNAMODB') !== undefined) return { via: 'ops', host }
  const { Arn } = await new STSClient(awsClientOptions).send(new GetCallerIdentityCommand({}))
  return { via: 'ops', host, ...(Arn === undefined ? {} : { identity: Arn }) }
}
