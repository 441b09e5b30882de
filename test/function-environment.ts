import { functionEnvironment } from '../local/lambda/environment.ts'
import { deploymentWith } from './deployment.ts'

/** Silent, and with addresses that nothing outside this machine has. */
const parameters = {
  logLevel: 'ERROR',
  thingSpaceBaseUrl: 'http://127.0.0.1:1/api',
  callbackAddresses: '',
  publicHost: 'gateway.test',
}

/** The values of the references between resources. Nothing is sent to these names. */
const values = new Map([
  ['Table', 'table'],
  ['SubmissionsQueue', 'http://127.0.0.1:1/000000000000/submissions'],
  ['BulkSubmissionsQueue', 'http://127.0.0.1:1/000000000000/bulk-submissions'],
  ['CallbacksQueue', 'http://127.0.0.1:1/000000000000/callbacks'],
  ['SubmissionsDeadLetters', 'http://127.0.0.1:1/000000000000/submissions-dead'],
  ['CallbacksDeadLetters', 'http://127.0.0.1:1/000000000000/callbacks-dead'],
  ['ChangesDeadLetters', 'http://127.0.0.1:1/000000000000/changes-dead'],
  ['ListenerChecksQueue', 'http://127.0.0.1:1/000000000000/listener-checks'],
  ['EventsTopic', 'arn:aws:sns:us-east-1:000000000000:events'],
  ['ThingSpaceSecret', 'thingspace'],
  ['ListenerSecret', 'listener'],
  ['CallbackSegmentSecret', 'segment'],
])

/**
 * The variables that serverless.yml gives the functions, and those that Lambda gives them. The functions' files need
 * them when they are imported; tests then call `createHandler` with their own dependencies.
 */
export const testEnvironment: Readonly<Record<string, string>> = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  ...functionEnvironment(deploymentWith(parameters).functions, values),
}
