import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './esbuild-options.ts'

/** The files of a project by their path, before and after a function was added. */
export type ProjectFiles = Readonly<Record<string, string>>

/** The files that list every function. */
export const listingFiles = ['serverless.yml', 'deploy/roles.yml', 'deploy/alarms.yml', 'deploy/api.yml'] as const

const inPascalCase = (name: string): string =>
  name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())

/** A template beside this file, for a function of that name. */
const fromTemplate = (template: 'function' | 'test', name: string): string =>
  readFileSync(join(import.meta.dirname, 'new-function', `${template}.txt`), 'utf8')
    .replaceAll('NAME', name)
    .replaceAll('camelName', inCamelCase(name))

const inCamelCase = (name: string): string => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
/** The Serverless Framework's logical id of a function: `sweep-due` becomes `SweepDashdue`. */
const logicalId = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('-', 'Dash')}`

/** Inserts `text` into a file before the line or lines that start with `marker`. Throws if the file has none. */
function insertBefore(file: string, marker: string, text: string, path: string): string {
  const at = file.indexOf(`\n${marker}`) + 1
  if (at === 0) throw new Error(`${path} has no line that starts with "${marker.trim()}"`)
  return `${file.slice(0, at)}${text}${file.slice(at)}`
}

const entry = (name: string): string => `  ${name}:
    handler: functions/${name}.handler
    role: !GetAtt ${inPascalCase(name)}Role.Arn
    timeout: 30
    environment: { <<: [*log] }
    events:
      - schedule: rate(1 hour)

`

const role = (name: string): string => `  ${inPascalCase(name)}Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: *lambdaAssumes
      Policies:
        - PolicyName: ${name}
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: [logs:CreateLogStream, logs:PutLogEvents]
                Resource: !Sub 'arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/\${self:service}-\${sls:stage}-${name}:*'
              - *writeTraces
`

function alarm(name: string, kind: 'errors' | 'throttles'): string {
  const means =
    kind === 'errors' ? 'ended with an error, a time-out or out of memory' : 'was refused environments for ten minutes'
  return `  ${inPascalCase(name)}${kind === 'errors' ? 'Errors' : 'Throttles'}:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: \${self:service}-\${sls:stage}-${name}-${kind}
      AlarmDescription: ${name} ${means}. See docs/operations.md, function ${kind}.
      Dimensions: [{ Name: FunctionName, Value: !Ref ${logicalId(name)}LambdaFunction }]
      <<: *${kind}
`
}

/**
 * The project's files with a new function: its source, its test, its entry in serverless.yml, its role, its alarms and
 * its log group. The function runs each hour and only logs. Throws if the name is not free or not in kebab case.
 */
export function withFunction(name: string, files: ProjectFiles): ProjectFiles {
  if (!/^[a-z]+(-[a-z]+)+$/.test(name))
    throw new Error(`"${name}" is not two or more words in kebab case, such as sweep-due`)
  const read = (path: (typeof listingFiles)[number]): string => files[path] ?? ''
  if (read('serverless.yml').includes(`\n  ${name}:\n`))
    throw new Error(`serverless.yml already has a function ${name}`)
  const alarms = `${alarm(name, 'errors')}${alarm(name, 'throttles')}\n`
  return {
    [`functions/${name}.ts`]: fromTemplate('function', name),
    [`test/functions/${name}.test.ts`]: fromTemplate('test', name),
    'serverless.yml': insertBefore(read('serverless.yml'), 'resources:', entry(name), 'serverless.yml'),
    'deploy/roles.yml': `${read('deploy/roles.yml').trimEnd()}\n${role(name)}`,
    'deploy/alarms.yml': insertBefore(
      read('deploy/alarms.yml'),
      '  # Queues and the stream',
      alarms,
      'deploy/alarms.yml',
    ),
    'deploy/api.yml': insertBefore(
      read('deploy/api.yml'),
      // The log groups end with a blank line.
      '\nOutputs:',
      `  ${logicalId(name)}LogGroup: *encryptedLogs\n`,
      'deploy/api.yml',
    ),
  }
}

if (import.meta.main) {
  const [name = ''] = process.argv.slice(2)
  if (existsSync(join(projectRoot, 'functions', `${name}.ts`))) throw new Error(`functions/${name}.ts exists already`)
  const files = Object.fromEntries(listingFiles.map((path) => [path, readFileSync(join(projectRoot, path), 'utf8')]))
  for (const [path, text] of Object.entries(withFunction(name, files))) {
    writeFileSync(join(projectRoot, path), text)
    process.stdout.write(`wrote ${path}\n`)
  }
  process.stdout.write(
    'Next: add its byte limit and what it must not bundle to test/bench/limits.ts, its first event to\n' +
      'test/bench/measuring/first-events.ts, its rows to docs/design.md, then run npm test.\n',
  )
}
