import * as z from 'zod'

/**
 * The program of one invocation environment. It loads a bundled function and processes the events from its parent in
 * sequence, like Lambda's runtime. Any error ends the process.
 */
const Invocation = z.object({ id: z.number(), event: z.unknown(), requestId: z.string(), deadline: z.number() })

const [, , bundle = ''] = process.argv
const loaded: unknown = require(bundle)
const handler: unknown = Reflect.get(Object(loaded), 'handler')
if (typeof handler !== 'function') throw new Error(`${bundle} exports no handler`)

const functionName = process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? ''

const contextOf = ({ requestId, deadline }: z.infer<typeof Invocation>) => ({
  functionName,
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
  memoryLimitInMB: '512',
  awsRequestId: requestId,
  logGroupName: `/aws/lambda/${functionName}`,
  logStreamName: String(process.pid),
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
})

process.on('message', (message) => {
  const invocation = Invocation.parse(message)
  const { id, event } = invocation
  void (async () => {
    try {
      const value: unknown = await Reflect.apply(handler, undefined, [event, contextOf(invocation)])
      process.send?.({ id, outcome: { kind: 'returned', value: value ?? null } })
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
      process.send?.({ id, outcome: { kind: 'failed', reason } })
    }
  })()
})

// The process ends with its parent, however that ends.
process.on('disconnect', () => process.exit())
