import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { decided, type Deployed, root, sourcesOf, type Template } from './template.ts'

export type Statement = { Effect: string; Action: string | string[]; Resource: unknown; Condition?: unknown }

/** The table actions of each method of the store, and the index it uses. A test compares it with lib/store. */
export const storeMethods: Readonly<Record<string, { file: string; actions: string[]; index?: string }>> = {
  createRequest: { file: 'requests', actions: ['PutItem'] },
  peekVersion: { file: 'requests', actions: ['GetItem'] },
  getRequest: { file: 'requests', actions: ['GetItem'] },
  getDevices: { file: 'manifests', actions: ['Query'] },
  saveSummary: { file: 'summaries', actions: ['UpdateItem'] },
  keepLonger: { file: 'retention', actions: ['Query', 'UpdateItem'] },
  askForSummary: { file: 'summaries', actions: ['UpdateItem'] },
  beginSummary: { file: 'summaries', actions: ['UpdateItem'] },
  linkReorder: { file: 'requests', actions: ['UpdateItem'] },
  markCancelled: { file: 'requests', actions: ['UpdateItem'] },
  listRequests: { file: 'account-lists', actions: ['Query', 'BatchGetItem'], index: 'byAccount' },
  cursorBehind: { file: 'account-lists', actions: [] },
  createSubmissions: { file: 'submissions', actions: ['PutItem'] },
  getSubmission: { file: 'submissions', actions: ['GetItem'] },
  listSubmissions: { file: 'submissions', actions: ['Query'] },
  saveSubmission: { file: 'submission-transitions', actions: ['PutItem'] },
  saveSplit: { file: 'submission-transitions', actions: ['PutItem'] },
  saveAccepted: { file: 'submission-transitions', actions: ['PutItem'] },
  countDeadLetter: { file: 'submissions', actions: ['UpdateItem'] },
  recordResult: { file: 'results', actions: ['UpdateItem'] },
  listResults: { file: 'results', actions: ['Query'] },
  findUpstreamLink: { file: 'orphans', actions: ['GetItem'] },
  saveOrphan: { file: 'orphans', actions: ['PutItem'] },
  listOrphansOf: { file: 'orphans', actions: ['Query'] },
  getOrphan: { file: 'orphans', actions: ['GetItem'] },
  postponeOrphan: { file: 'orphans', actions: ['UpdateItem'] },
  removeOrphan: { file: 'orphans', actions: ['DeleteItem'] },
  writeLinks: { file: 'devices', actions: ['BatchWriteItem'] },
  cursorBehindLink: { file: 'devices', actions: [] },
  listLinks: { file: 'devices', actions: ['Query'] },
  quarantine: { file: 'quarantine', actions: ['UpdateItem'] },
  countUnkept: { file: 'quarantine', actions: ['UpdateItem'] },
  listQuarantine: { file: 'quarantine-review', actions: ['Query'] },
  getQuarantined: { file: 'quarantine-review', actions: ['GetItem'] },
  listMentions: { file: 'quarantine-review', actions: ['Query', 'GetItem'] },
  removeQuarantined: { file: 'quarantine-review', actions: ['DeleteItem'] },
  dismissQuarantined: { file: 'quarantine-review', actions: ['PutItem', 'DeleteItem'] },
  listDismissed: { file: 'quarantine-review', actions: ['Query'] },
  appendAudit: { file: 'audit/audit-entries', actions: ['PutItem'] },
  appendOutcome: { file: 'audit/audit-entries', actions: ['PutItem'] },
  listAuditDay: { file: 'audit/audit-entries', actions: ['Query'] },
  saveListener: { file: 'listeners', actions: ['UpdateItem'] },
  listListeners: { file: 'listeners', actions: ['Query'] },
  saveCallbackTest: { file: 'listeners', actions: ['UpdateItem'] },
  readCallbackTest: { file: 'listeners', actions: ['GetItem'] },
  listDue: { file: 'due', actions: ['Query'], index: 'due' },
  findDueShards: { file: 'due', actions: ['Scan'], index: 'due' },
  listDueOf: { file: 'due', actions: ['Query'], index: 'due' },
  listAwaitingDecision: { file: 'due', actions: ['Query'], index: 'due' },
  savePlan: { file: 'decisions/plans', actions: ['PutItem'] },
  getPlan: { file: 'decisions/plans', actions: ['Query'] },
  getPlanState: { file: 'decisions/plans', actions: ['GetItem'] },
  movePlan: { file: 'decisions/plans', actions: ['UpdateItem'] },
  savePageOutcomes: { file: 'decisions/plans', actions: ['UpdateItem'] },
  listDecisions: { file: 'decisions/waiting-decisions', actions: ['Query'], index: 'due' },
  listOrphans: { file: 'due', actions: ['Query'], index: 'due' },
  postponeDue: { file: 'due', actions: ['UpdateItem'] },
  readLatch: { file: 'credentials/latches', actions: ['GetItem'] },
  openLatch: { file: 'credentials/latches', actions: ['UpdateItem'] },
  readFlow: { file: 'credentials/flows', actions: ['GetItem'] },
  saveFlow: { file: 'credentials/flows', actions: ['PutItem'] },
  saveFailure: { file: 'failures/failures', actions: ['UpdateItem'] },
  clearFailure: { file: 'failures/failures', actions: ['UpdateItem'] },
  listFailureEntries: { file: 'failures/failure-lists', actions: ['Query'], index: 'byAccount' },
  visitFailureEntries: { file: 'failures/failure-lists', actions: ['Query'], index: 'byAccount' },
  getFailures: { file: 'failures/failure-lists', actions: ['BatchGetItem'] },
  // The credential record, which lib/thingspace calls its store too.
  read: { file: 'credentials/credentials', actions: ['GetItem'] },
  takeLease: { file: 'credentials/credentials', actions: ['UpdateItem'] },
  save: { file: 'credentials/credentials', actions: ['PutItem'] },
}

/** The files with calls that several others make: a query and a batch of reads. The calls count for those others. */
const shared: ReadonlySet<string> = new Set(['table/pages', 'table/batch-read'])

/** The actions of the commands in a file of lib/store. The members of a transaction count separately. */
export function actionsInFile(file: string): Set<string> {
  if (shared.has(file)) return new Set()
  const text = readFileSync(join(root, 'lib/store', `${file}.ts`), 'utf8')
  const commands = [...text.matchAll(/new (Get|Put|Update|Delete|Query|Scan|BatchGet|BatchWrite)Command\(/g)].map(
    (match) => `${match[1]}${match[1] === 'Query' || match[1] === 'Scan' ? '' : 'Item'}`,
  )
  const members = [...text.matchAll(/\b(Put|Update|Delete|ConditionCheck): /g)].map((match) => `${match[1]}Item`)
  const queries = [
    ...(text.includes('await everyItemOf(') ? ['Query'] : []),
    ...(text.includes('await readEach(') ? ['BatchGetItem'] : []),
  ]
  return new Set([...commands, ...queries, ...(text.includes('TransactWriteCommand(') ? members : [])])
}

export const storeFiles = readdirSync(join(root, 'lib/store'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace('.ts', ''))
  .filter((file) => actionsInFile(file).size > 0)

/** A function without the code that it does not call, to find what it uses of shared modules. */
async function shakenTree(name: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [`functions/${name}.ts`],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    plugins: [
      {
        name: 'without-store',
        setup(plugin) {
          plugin.onResolve({ filter: /store\/[\w-]+\.ts$/ }, ({ path }) => ({
            path,
            external: true,
            sideEffects: false,
          }))
        },
      },
    ],
  })
  return outputFiles[0]?.text ?? ''
}

export type Need = { action: string; resource: string }

const secretVariables = {
  THINGSPACE_SECRET_ID: 'ThingSpaceSecret',
  LISTENER_SECRET_ID: 'ListenerSecret',
  CALLBACK_SEGMENT_SECRET_ID: 'CallbackSegmentSecret',
} as const

const looking = ['GetQueueAttributes', 'ReceiveMessage', 'ChangeMessageVisibility']

/** The queues of single functions, and what these do with them. */
const queueVariables: Readonly<Record<string, { queue: string; actions: readonly string[] }>> = {
  SUBMISSIONS_DEAD_LETTERS_URL: { queue: 'SubmissionsDeadLetters', actions: [...looking, 'DeleteMessage'] },
  CALLBACKS_DEAD_LETTERS_URL: { queue: 'CallbacksDeadLetters', actions: [...looking, 'DeleteMessage'] },
  CHANGES_DEAD_LETTERS_URL: { queue: 'ChangesDeadLetters', actions: looking },
  LISTENER_CHECKS_QUEUE_URL: { queue: 'ListenerChecksQueue', actions: ['SendMessage'] },
  CALLBACKS_QUEUE_URL: { queue: 'CallbacksQueue', actions: ['SendMessage'] },
}

/** The permissions that a function needs, by its code and its triggers. */
export async function needsOf(deployed: Deployed, template: Template): Promise<Need[]> {
  const code = await shakenTree(deployed.name)
  const variables = Object.keys(deployed.properties['Environment']?.Variables ?? {})
  const needs: Need[] = []
  const need = (resource: string, ...actions: string[]) =>
    needs.push(...actions.map((action) => ({ action, resource })))

  for (const [, method = ''] of code.matchAll(/\bstore\d*\.(\w+)\(/g)) {
    const known = storeMethods[method]
    if (known === undefined) throw new Error(`${deployed.name} calls store.${method}, of which this test knows nothing`)
    for (const action of known.actions) {
      const isIndexed = known.index !== undefined && (action === 'Query' || action === 'Scan')
      need(isIndexed ? `Table/index/${known.index}` : 'Table', `dynamodb:${action}`)
    }
  }
  if (/new SendMessage(Batch)?Command\(/.test(code)) {
    need('SubmissionsQueue', 'sqs:SendMessage')
    need('BulkSubmissionsQueue', 'sqs:SendMessage')
  }
  if (code.includes('new PublishBatchCommand(')) need('EventsTopic', 'sns:Publish')
  if (code.includes('new PutSecretValueCommand(')) need('ListenerSecret', 'secretsmanager:PutSecretValue')
  for (const [variable, secret] of Object.entries(secretVariables)) {
    if (variables.includes(variable)) need(secret, 'secretsmanager:GetSecretValue')
  }
  for (const [variable, { queue, actions }] of Object.entries(queueVariables)) {
    if (variables.includes(variable)) need(queue, ...actions.map((action) => `sqs:${action}`))
  }
  for (const { EventSourceArn, DestinationConfig } of sourcesOf(template, deployed)) {
    const source = String(EventSourceArn['Fn::GetAtt'][0])
    if (source === 'Table') {
      need('Table.StreamArn', 'dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator')
      need('Table/stream/*', 'dynamodb:ListStreams')
    } else need(source, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes')
    const destination: unknown = DestinationConfig?.OnFailure?.Destination?.['Fn::GetAtt']?.[0]
    if (typeof destination === 'string') need(destination, 'sqs:SendMessage')
  }
  need('log streams', 'logs:CreateLogStream', 'logs:PutLogEvents')
  return needs
}

/** The statements of a function's role. */
export function statementsOf(
  { properties }: Deployed,
  template: Template,
  conditions: Readonly<Record<string, boolean>> = {},
): Statement[] {
  const role = template.Resources[String(properties['Role']['Fn::GetAtt'][0])]
  const policies = decided(role?.Properties['Policies'], conditions) as { PolicyDocument: { Statement: Statement[] } }[]
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
}

/** The permissions of a role, in the same form as the needs of its function. */
export function grantsOf(deployed: Deployed, template: Template): Need[] {
  return statementsOf(deployed, template).flatMap(({ Action, Resource }) =>
    [Action]
      .flat()
      .flatMap((action) => [Resource].flat().map((resource) => ({ action, resource: nameOf(resource, deployed) }))),
  )
}

function nameOf(resource: unknown, { name }: Deployed): string {
  const text = JSON.stringify(resource)
  if (text.includes(`:log-group:/aws/lambda/thingspace-profile-gateway-dev-${name}:*`)) return 'log streams'
  const [, index] = /\/index\/(\w+)/.exec(text) ?? []
  if (index !== undefined) return `Table/index/${index}`
  if (text.includes('/stream/*')) return 'Table/stream/*'
  if (text.includes('StreamArn')) return 'Table.StreamArn'
  return /"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/.exec(text)?.[1] ?? text
}

export const wordsOf = (needs: readonly Need[]): string[] =>
  [...new Set(needs.map(({ action, resource }) => `${action} on ${resource}`))].toSorted()
