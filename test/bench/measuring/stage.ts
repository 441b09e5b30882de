import { readSettings } from '../../../local/settings.ts'
import { startStack } from '../../../local/stack.ts'
import type { FunctionDefinition } from '../../../local/deployment/deployment.ts'

/** The surroundings of a function: the local stack's table, queues, secrets and ThingSpace, but no other function. */
export type Stage = {
  functions: readonly FunctionDefinition[]
  /** The variables that Lambda would give a function. */
  variablesOf: (name: string) => Record<string, string>
  /** All variables together. */
  environment: Readonly<Record<string, string>>
  tableName: string
  stop: () => Promise<void>
}

export async function startStage(folder: string): Promise<Stage> {
  const settings = readSettings({
    LOCAL_PORT: '0',
    LOCAL_ISSUER_PORT: '0',
    LOCAL_SIMULATOR_PORT: '0',
    LOCAL_SIMULATOR_CONTROL_PORT: '0',
    LOCAL_FUNCTION_LOG: `${folder}/stage.log`,
  })
  let functions: readonly FunctionDefinition[] = []
  const stack = await startStack(settings, {
    runFunctions: async ({ deployment }) => {
      functions = deployment.functions
      return { functions: new Map(), stop: async () => undefined }
    },
  })
  const { environment } = stack.connection
  const [tableName = ''] = stack.dynamoDb.tables
  return {
    functions,
    environment,
    tableName,
    variablesOf(name) {
      const own = functions.find((each) => each.name === name)?.environment ?? {}
      const given = Object.entries(environment).filter(([key]) => Object.hasOwn(own, key) || key.startsWith('AWS_'))
      return { ...Object.fromEntries(given), ...lambdaVariables(name) }
    },
    stop: stack.stop,
  }
}

const lambdaVariables = (name: string) => ({
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
  AWS_LAMBDA_LOG_STREAM_NAME: 'bench',
})
